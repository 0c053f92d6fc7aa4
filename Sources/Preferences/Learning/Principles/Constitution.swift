import Kernels

/// Principles that judge: those of everyone, and those of judges and groups with enough comparisons.
public struct Constitution: ComparisonExplainer {
    public static var id: String { "icai" }

    public let features: Int
    /// The principles behind all comparisons.
    public let everyone: Charter
    /// Those of judges, by name.
    public let judges: [String: Charter]
    /// Those of groups, by name.
    public let groups: [String: Charter]
    /// Decides where no principle does; nil for even chances.
    public let fallback: FeatureDirection?
    public let certificate: FitCertificate

    init(
        features: Int, everyone: Charter, judges: [String: Charter], groups: [String: Charter],
        fallback: FeatureDirection?, certificate: FitCertificate
    ) {
        self.features = features
        self.everyone = everyone
        self.judges = judges
        self.groups = groups
        self.fallback = fallback
        self.certificate = certificate
    }

    public func predict(_ data: ComparisonSet, for audience: Audience) throws -> [Prediction] {
        try data.require(features: features)
        let differences = data.differences()
        func charter(_ place: Int) throws -> Charter {
            switch audience {
            case .everyone: return everyone
            case .each:
                let (judge, group) = (data.judges[place], data.groups[place])
                return (judge >= 0 ? judges[data.judgeNames[judge]] : nil)
                    ?? (group >= 0 ? groups[data.groupNames[group]] : nil) ?? everyone
            case .judge(let name): return try known(name, judges, "judge with a constitution")
            case .group(let name): return try known(name, groups, "group with a constitution")
            case .newcomer:
                throw LearningError.audience(
                    model: Self.id, asked: audience.description,
                    reason: "a few answers show no principles; train on them, or ask for everyone")
            }
        }
        if data.count == 0 { return [] }
        return try (0..<data.count).map { place in
            let row = differences.row(place)
            let value = try charter(place).value(row)
            if value != 0 { return Prediction(value) }
            guard let fallback, row[fallback.column] != 0 else { return Prediction(0) }
            return Prediction((row[fallback.column] > 0) == fallback.prefersMore ? 1 : -1)
        }
    }

    /// What each principle votes, by its weight, where everyone's decide; the parts add up to the log-odds.
    public func explain(_ data: ComparisonSet, comparison: Int) throws -> ComparisonExplanation {
        try data.require(features: features)
        let row = data.selecting([comparison]).differences().row(0)
        let first = data.items.features.row(data.left[comparison])
        let second = data.items.features.row(data.right[comparison])
        return ComparisonExplanation(
            everyone.articles.map { article in
                let vote =
                    abs(row[article.column]) > article.margin
                    ? ((row[article.column] > 0) == article.prefersMore ? 1.0 : -1) : 0
                return .init(
                    name: article.text, weight: everyone.scale * article.counts.weight,
                    first: first[article.column], second: second[article.column],
                    contribution: everyone.scale * article.counts.weight * vote)
            })
    }

    private func known(_ name: String, _ charters: [String: Charter], _ kind: String) throws -> Charter {
        guard let charter = charters[name] else {
            throw LearningError.unknown(kind: kind, name: name, known: charters.keys.sorted())
        }
        return charter
    }

    public var state: ModelState {
        var state = ModelState()
        state.settings["features"] = String(features)
        state.nest("everyone", everyone.state)
        for (kind, charters) in [("judges", judges), ("groups", groups)] {
            let names = charters.keys.sorted()
            state.lists[kind] = names
            for (place, name) in names.enumerated() {
                if let charter = charters[name] { state.nest("\(kind).\(place)", charter.state) }
            }
        }
        if let fallback {
            state["fallback"] = .init([Double(fallback.column), fallback.prefersMore ? 1 : -1])
        }
        state.keep(certificate)
        return state
    }

    public init(_ state: ModelState) throws {
        features = try state.count("features")
        let width = features
        func charters(_ kind: String) throws -> [String: Charter] {
            var result: [String: Charter] = [:]
            for (place, name) in (state.lists[kind] ?? []).enumerated() {
                result[name] = try Charter(state.nested("\(kind).\(place)"), features: width)
            }
            return result
        }
        everyone = try Charter(state.nested("everyone"), features: width)
        judges = try charters("judges")
        groups = try charters("groups")
        fallback = try state["fallback"].map { _ in
            let values = try state.vector("fallback")
            guard values.count == 2, (0..<Double(width)).contains(values[0]) else {
                throw LearningError.data("the model's fallback is not one of its features")
            }
            return FeatureDirection(column: Int(values[0]), prefersMore: values[1] > 0)
        }
        certificate = try state.certificate
    }
}

/// A list of principles in order, with what they are worth.
public struct Charter: Sendable, Hashable {
    /// One principle.
    public struct Article: Sendable, Hashable {
        /// The feature.
        public var column: Int
        /// Whether more of it is better.
        public var prefersMore: Bool
        /// How far two answers must differ in it.
        public var margin: Double
        /// The principle in words: the better answer …
        public var text: String
        /// How it voted where it was learnt.
        public var counts: PrincipleCounts
    }

    /// The principles, the strongest first.
    public let articles: [Article]
    /// k, what the sum of weighted votes is multiplied by.
    public let scale: Double
    /// How many comparisons they were learnt from.
    public let comparisons: Int
    /// The mean loss on these.
    let loss: Double
    /// Principles that were left out for voting like another one, and that one.
    let twins: [String]

    init(articles: [Article], scale: Double, comparisons: Int, loss: Double, twins: [String]) {
        self.articles = articles
        self.scale = scale
        self.comparisons = comparisons
        self.loss = loss
        self.twins = twins
    }

    /// The log-odds for the first answer, given how far it is ahead in each feature.
    func value(_ differences: [Double]) -> Double {
        scale
            * articles.reduce(0) { sum, article in
                let gap = differences[article.column]
                guard abs(gap) > article.margin else { return sum }
                return sum + ((gap > 0) == article.prefersMore ? 1 : -1) * article.counts.weight
            }
    }

    /// The principles in words, one on a line, with how often each applied and was right.
    public var text: String {
        articles.enumerated().map { place, article in
            let counts = article.counts
            return "\(place + 1). The better answer \(article.text) "
                + "(applies to \(Int((100 * counts.relevance).rounded()))%, right in "
                + "\(Int((100 * counts.accuracy).rounded()))% of these)."
        }.joined(separator: "\n")
    }

    var state: ModelState {
        var state = ModelState()
        state["columns"] = .init(articles.map { Double($0.column) })
        state["directions"] = .init(articles.map { $0.prefersMore ? 1 : -1 })
        state["margins"] = .init(articles.map(\.margin))
        state["supports"] = .init(articles.map(\.counts.supports))
        state["opposes"] = .init(articles.map(\.counts.opposes))
        state["abstains"] = .init(articles.map(\.counts.abstains))
        state["scale"] = .init([scale, loss])
        state.settings["comparisons"] = String(comparisons)
        state.lists["texts"] = articles.map(\.text)
        state.lists["twins"] = twins
        return state
    }

    init(_ state: ModelState, features: Int) throws {
        let columns = try state.vector("columns")
        let parts = try ["directions", "margins", "supports", "opposes", "abstains"].map(state.vector)
        let texts = state.lists["texts"] ?? []
        let scales = try state.vector("scale")
        guard parts.allSatisfy({ $0.count == columns.count }), texts.count == columns.count,
            columns.allSatisfy({ (0..<Double(features)).contains($0) }), scales.count == 2,
            parts[2...].allSatisfy({ $0.allSatisfy { $0 >= 0 } })
        else { throw LearningError.data("the model's principles do not fit together") }
        articles = columns.indices.map { place in
            Article(
                column: Int(columns[place]), prefersMore: parts[0][place] > 0, margin: parts[1][place],
                text: texts[place],
                counts: PrincipleCounts(
                    supports: parts[2][place], opposes: parts[3][place], abstains: parts[4][place]))
        }
        (scale, loss) = (scales[0], scales[1])
        comparisons = try state.count("comparisons")
        twins = state.lists["twins"] ?? []
    }
}
