import Foundation
import Kernels
import Signals

/// Who agrees with whom; see `JudgeMap`.
public struct JudgeMapResult: Sendable, Hashable, Codable {
    /// One judge.
    public struct Point: Sendable, Hashable, Codable {
        /// The judge's name.
        public var judge: String
        /// The place on the first axis, in log-odds: to the right with the common ranking.
        public var x: Double
        /// The place on the second axis, in log-odds.
        public var y: Double
        /// The group, 1 for the largest; `nil` for a judge whose answers show no taste.
        public var group: Int?
        /// The probability of that group.
        public var certainty: Double
        /// How sharply the judge follows its group's ranking: 1 like the typical member, 0 at random,
        /// negative reversed.
        public var sharpness: Double
        /// The weight of its answers.
        public var answers: Double
        /// The share of its answers that side with the population's favourite; a tie is half.
        public var agreement: Double
        /// The share expected of a judge who answers as the population's model says.
        public var expectedAgreement: Double
    }

    /// How much an item counts.
    public struct Loading: Sendable, Hashable, Codable {
        /// The item.
        public var item: String
        /// The loading on an axis of length 1, or the difference in log-odds.
        public var value: Double
    }

    /// One axis of the picture.
    public struct Axis: Sendable, Hashable, Codable {
        /// The share of all differences of taste, the common ranking among them, that lies along it.
        public var explained: Double
        /// The items that judges at the upper end like, most first.
        public var high: [Loading]
        /// The items that judges at the lower end like, most first.
        public var low: [Loading]
    }

    /// One group of judges.
    public struct Group: Sendable, Hashable, Codable {
        /// Its number, 1 for the largest.
        public var number: Int
        /// How many judges are in it.
        public var judges: Int
        /// What it likes more than the other groups do, in log-odds, most first; empty for the only group.
        public var more: [Loading]
        /// What it likes less.
        public var less: [Loading]
    }

    /// How well a number of groups predicts held-out answers.
    public struct Evidence: Sendable, Hashable, Codable {
        /// The number of groups.
        public var groups: Int
        /// The log-likelihood gained over one group, in nats an answer.
        public var gain: Double
        /// Its standard error over judges.
        public var error: Double
    }

    /// The judges, by name.
    public var points: [Point]
    /// The two axes; fewer where there are not two items.
    public var axes: [Axis]
    /// The groups, largest first.
    public var groups: [Group]
    /// The evidence for each number of groups that was tried; empty for too few judges.
    public var evidence: [Evidence]
    /// How many groups are there because a quarter of the judges of another reverses it.
    public var camps: Int

    init(
        data: JudgeAnswers, space: TasteSpace, mixture: TasteMixture, selection: GroupSelection,
        log: FeedbackLog,
        scores: ItemScores, described: Int
    ) {
        func name(_ item: Int) -> String { log.items[scores.codes[item]] }
        func ends(_ values: [Double]) -> (high: [Loading], low: [Loading]) {
            let order = values.indices.filter { values[$0] != 0 }
                .sorted { values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1 }
            return (
                order.prefix { values[$0] > 0 }.prefix(described).map {
                    Loading(item: name($0), value: values[$0])
                },
                order.reversed().prefix { values[$0] < 0 }.prefix(described)
                    .map { Loading(item: name($0), value: values[$0]) }
            )
        }
        // A taste shows where the sharpness gains more likelihood than all but 5% of random judges do by
        // chance, with the best of the groups for each.
        let z = Special.normalQuantile(1 - 0.025 / Double(mixture.groups))
        let label: [Int?] = data.judges.indices.map { judge in
            let group = mixture.group(judge)
            return 2 * mixture.standings[judge][group].gain > z * z ? group : nil
        }
        var size = [Int](repeating: 0, count: mixture.groups)
        for group in label { if let group { size[group] += 1 } }
        let order = (0..<mixture.groups).sorted {
            if size[$0] != size[$1] { return size[$0] > size[$1] }
            return mixture.scores[$1].lexicographicallyPrecedes(mixture.scores[$0])
        }
        var number = [Int](repeating: 0, count: mixture.groups)
        for (place, group) in order.enumerated() { number[group] = place + 1 }
        let typical = (0..<mixture.groups).map { group -> Double in
            let values = label.indices.filter { label[$0] == group }
                .map { mixture.standings[$0][group].sharpness }.filter { $0 > 0 }
            return values.isEmpty ? 1 : Statistics.median(values)
        }
        points = data.judges.enumerated().map { judge, answers in
            let likely = mixture.group(judge)
            var agreement = 0.0, expected = 0.0
            for answer in answers.answers {
                agreement += answer.weight * (answer.expected >= 0.5 ? answer.share : 1 - answer.share)
                expected += answer.weight * max(answer.expected, 1 - answer.expected)
            }
            let weight = answers.weight
            let at = space.coordinates[judge]
            return Point(
                judge: log.judges[answers.code], x: at.first ?? 0, y: at.count > 1 ? at[1] : 0,
                group: label[judge].map { number[$0] },
                certainty: mixture.standings[judge][likely].probability,
                sharpness: mixture.standings[judge][likely].sharpness / typical[likely], answers: weight,
                agreement: agreement / weight, expectedAgreement: expected / weight)
        }
        points.sort { $0.judge.utf8.lexicographicallyPrecedes($1.judge.utf8) }
        axes = space.loadings.prefix(2).enumerated().map { axis, loadings in
            let (high, low) = ends(loadings)
            return Axis(explained: space.explained[axis], high: high, low: low)
        }
        let strength = (0..<mixture.groups).map { group in mixture.scores[group].map { $0 * typical[group] } }
        groups = order.enumerated().map { place, group in
            var gaps = [Double](repeating: 0, count: mixture.items)
            let others = Double(mixture.groups - 1)
            if others > 0 {
                for item in gaps.indices {
                    let sum = strength.indices.reduce(0) { $0 + ($1 == group ? 0 : strength[$1][item]) }
                    gaps[item] = strength[group][item] - sum / others
                }
            }
            let (more, less) = ends(gaps)
            return Group(number: place + 1, judges: size[group], more: more, less: less)
        }
        evidence = selection.evidence
        camps = mixture.groups - selection.chosen
    }

    /// The picture in plain English.
    public var verdict: String {
        let silent = points.count { $0.group == nil }
        var text: String
        if groups.count <= 1 {
            text = "The \(points.count) judges share one ranking as far as their answers tell."
        } else {
            let sizes = groups.map { "\($0.judges)" }.joined(separator: ", ")
            text = "The judges fall into \(groups.count) groups of taste (\(sizes) judges)."
            for group in groups {
                let more = group.more.prefix(2).map(\.item).joined(separator: " and ")
                let less = group.less.prefix(2).map(\.item).joined(separator: " and ")
                if !more.isEmpty, !less.isEmpty {
                    text += " Group \(group.number) likes \(more) more and \(less) less than the others."
                }
            }
        }
        if silent > 0 { text += " The answers of \(silent) show no taste at all." }
        return text
    }
}
