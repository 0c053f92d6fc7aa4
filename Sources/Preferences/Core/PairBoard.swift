import Foundation
import Kernels
import Signals

/// What the models of comparisons share: from a log to a board under a link.
struct PairBoard {
    var id: String
    var summary: String
    var link: LinkKind
    var options: BoardOptions
    /// Rows of the log's comparisons to use; empty for all.
    var included: [Bool] = []

    func board(_ log: FeedbackLog) throws -> Board {
        let used = Self.usedItems(log, included: included)
        guard used.answered > 0 else {
            throw PreferenceError.nothingToLearnFrom(model: id, reads: "comparisons", found: Board.found(log))
        }
        let index = ItemIndex(log, used: used.items)
        let component = try component(log, counted: used, index: index, firstExtra: index.count)
        return Board(
            model: id, summary: summary, log: log, index: index, components: [component], options: options)
    }

    /// The items that appear in answered comparisons, and how many answers there are.
    static func usedItems(_ log: FeedbackLog, included: [Bool] = []) -> (
        items: [Bool], answered: Int, ties: Int
    ) {
        let table = log.comparisons
        var used = [Bool](repeating: false, count: log.items.count)
        var answered = 0, ties = 0
        let soft = !table.probability.isEmpty
        table.left.withUnsafeBufferPointer { left in
            table.right.withUnsafeBufferPointer { right in
                table.outcome.withUnsafeBufferPointer { outcomes in
                    for row in 0..<left.count where included.isEmpty || included[row] {
                        let outcome = outcomes[row]
                        if outcome == .skip { continue }
                        answered += 1
                        if outcome == .tie || outcome == .bothBad, !soft || table.probability[row].isNaN {
                            ties += 1
                        }
                        used[Int(left[row])] = true
                        used[Int(right[row])] = true
                    }
                }
            }
        }
        return (used, answered, ties)
    }

    /// The likelihood of the log's comparisons over the items of `index`, with parameters of its own from
    /// `firstExtra` on.
    ///
    /// - Parameter counted: what `usedItems` found for the same rows.
    func component(
        _ log: FeedbackLog, counted: (items: [Bool], answered: Int, ties: Int), index: ItemIndex,
        firstExtra: Int
    ) throws -> BoardComponent {
        var notes: [String] = []
        var plan = PairTerms.Plan(index: index)
        plan.included = included
        plan.weights = try Self.weights(log, options)
        let covariates = try CovariateColumns(log, options.covariates, included: included)
        notes += covariates.notes
        plan.covariates = covariates.values
        plan.covariateCount = covariates.kept.count
        let home = options.position && Self.hasHome(log, included)
        plan.usesHome = home
        plan.keepsRows = Self.needsRows(log, options)
        let terms = PairTerms(log, plan: plan)
        if terms.count == 0 {
            throw PreferenceError.nothingToLearnFrom(
                model: id, reads: "comparisons with a positive weight", found: Board.found(log))
        }

        var extras: [Board.Extra] = []
        var homeParameter: Int?
        if home {
            homeParameter = firstExtra + extras.count
            extras.append(
                Board.Extra(
                    name: "first",
                    meaning:
                        "log-odds gained by the side that is shown first or plays at home; none on neutral ground",
                    precision: 0.01))
        }
        let covariateParameter = firstExtra + extras.count
        for (k, covariate) in covariates.kept.enumerated() {
            let unit = covariates.unit[k]
            extras.append(
                Board.Extra(
                    name: covariate.name, meaning: "log-odds for \(covariates.meaning[k])", precision: 0.01,
                    report: { ($0 / unit, 1 / unit) }))
        }
        var tieParameter: Int?
        var fixedTie = -Double.infinity
        if link.hasTies, counted.ties > 0 {
            tieParameter = firstExtra + extras.count
            extras.append(Self.tieExtra(link, share: Double(counted.ties) / Double(counted.answered)))
        } else if link == .raoKupper || link == .probit {
            // Without ties the threshold is zero: e^-700 is zero for all purposes, and can be multiplied.
            fixedTie = -700
        }
        if link == .logistic, counted.ties > 0 {
            notes.append(
                "Ties count as half a win for each side. That keeps the order but not the scale: a model with ties "
                    + "(davidson) gets both.")
        }
        let block = PairBlock(
            terms: terms, link: link, homeParameter: homeParameter, covariateParameter: covariateParameter,
            tieParameter: tieParameter, fixedTie: fixedTie)
        let link = link
        let names = covariates.kept.map(\.name), units = covariates.unit
        return BoardComponent(
            block: block, extras: extras, notes: notes,
            predictor: { [tieParameter, fixedTie, homeParameter] theta in
                OutcomePredictor(
                    link: link, tie: tieParameter.map { theta[$0] } ?? fixedTie,
                    home: homeParameter.map { theta[$0] } ?? 0,
                    covariates: Dictionary(
                        zip(names, units.indices.map { theta[covariateParameter + $0] / units[$0] }),
                        uniquingKeysWith: { a, _ in a }))
            })
    }

    private static func hasHome(_ log: FeedbackLog, _ included: [Bool]) -> Bool {
        let first = log.comparisons.first
        if first.isEmpty { return false }
        return (0..<log.comparisons.count).contains { (included.isEmpty || included[$0]) && first[$0] != nil }
    }

    /// Whether rows are needed one by one: for clusters, for the bootstrap and for soft answers.
    static func needsRows(_ log: FeedbackLog, _ options: BoardOptions) -> Bool {
        if case .bootstrap = options.intervals.method { return true }
        if case .model = options.intervals.method { return false }
        let soft = !log.comparisons.probability.isEmpty
        switch options.intervals.cluster {
        case .none: return soft
        case .judge: return soft || log.judges.count > 1
        case .prompt: return soft || log.prompts.count > 1
        case .automatic: return soft || log.judges.count >= 5 || log.prompts.count >= 20
        }
    }

    /// The weights of comparisons after decay; empty where they are the log's own.
    static func weights(_ log: FeedbackLog, _ options: BoardOptions) throws -> [Double] {
        guard options.halfLife != nil else { return [] }
        let decay = try Decay(log, halfLife: options.halfLife)
        let context = log.comparisons.context
        return (0..<context.count).map { context.weight[$0] * decay.factor(context.time[$0]) }
    }

    private static func tieExtra(_ link: LinkKind, share: Double) -> Board.Extra {
        let share = min(max(share, 0.01), 0.9)
        switch link {
        case .davidson:
            return Board.Extra(
                name: "tie", meaning: "Davidson's ν: how likely a tie is between equals, against a win",
                start: log(2 * share / (1 - share)), report: { (exp($0), exp($0)) })
        default:
            return Board.Extra(
                name: "tie",
                meaning: "the difference of strength, in log-odds, below which judges call a tie",
                start: log(2 * atanh(share)), report: { (exp($0), exp($0)) })
        }
    }
}

/// The covariates of each comparison, left minus right, in units of their own spread.
struct CovariateColumns {
    var kept: [Covariate] = []
    /// What one unit of the solver's covariate is in the covariate's own unit.
    var unit: [Double] = []
    var meaning: [String] = []
    var values: [Double] = []
    var notes: [String] = []

    init(_ log: FeedbackLog, _ wanted: [Covariate], included: [Bool]) throws {
        let table = log.comparisons
        var columns: [[Double]] = []
        for covariate in wanted {
            guard let raw = Self.raw(table, covariate) else {
                let known = Set(table.context.itemFeatures.keys).union(table.context.features.keys)
                throw PreferenceError.unknown(kind: "covariate", name: covariate.name, known: known.sorted())
            }
            // The spread around zero, not around the mean: a constant difference is the sides' affair, and taking
            // a mean off would move items against each other.
            var sum = 0.0, count = 0.0, missing = 0, low = Double.infinity, high = -Double.infinity
            for row in 0..<table.count
            where (included.isEmpty || included[row]) && table.outcome[row] != .skip {
                let x = raw[row]
                if !x.isFinite {
                    missing += 1
                    continue
                }
                sum += x * x
                count += 1
                low = min(low, x)
                high = max(high, x)
            }
            if count == 0 || high - low <= 1e-12 * max(abs(low), abs(high)) {
                notes.append("The covariate \(covariate.name) does not vary, so that it was left out.")
                continue
            }
            if missing > 0 {
                notes.append(
                    "The covariate \(covariate.name) is missing in \(missing) comparisons; there it counts as no difference."
                )
            }
            let spread = (sum / count).squareRoot()
            kept.append(covariate)
            switch covariate.transform {
            case .difference:
                unit.append(spread)
                meaning.append("one more \(covariate.name) than the other")
                columns.append(raw.map { $0.isFinite ? $0 / spread : 0 })
            case .logarithm:
                unit.append(spread)
                meaning.append("e times the \(covariate.name) of the other")
                columns.append(raw.map { $0.isFinite ? $0 / spread : 0 })
            case .tanh:
                unit.append(1)
                meaning.append(
                    "far more \(covariate.name) than the other (tanh of the difference over its spread)")
                columns.append(raw.map { $0.isFinite ? Foundation.tanh($0 / spread) : 0 })
            }
        }
        if !kept.isEmpty {
            values.reserveCapacity(table.count * kept.count)
            for row in 0..<table.count { for column in columns { values.append(column[row]) } }
        }
    }

    private static func raw(_ table: ComparisonTable, _ covariate: Covariate) -> [Double]? {
        if let column = table.context.itemFeatures[covariate.name] {
            return (0..<table.count).map { row in
                let left = column[2 * row], right = column[2 * row + 1]
                return covariate.transform == .logarithm
                    ? log1p(max(0, left)) - log1p(max(0, right)) : left - right
            }
        }
        if covariate.transform != .logarithm, let column = table.context.features[covariate.name] {
            return (0..<table.count).map { column[$0] }
        }
        return nil
    }
}
