import Heed

/// The JSON of `heed rank`: a promise, described in docs/cli.md.
struct RankJSON: Encodable {
    struct Item: Encodable {
        var item: String
        var score: Double
        var lower: Double
        var upper: Double
        var rank: Int
        var rankLower: Int
        var rankUpper: Int
        var comparisons: Double
        var standardError: Double
        var open: String?
        var part: Int
        var comparisonsToNext: Int?
    }

    struct Parameter: Encodable {
        var name: String
        var estimate: Double
        var lower: Double
        var upper: Double
        var standardError: Double?
        var meaning: String
    }

    struct Judge: Encodable {
        var judge: String
        var kind: String
        var sharpness: Double
        var standardError: Double?
        var leftBias: Double
        var answers: Double
    }

    struct Certificate: Encodable {
        var converged: Bool
        var iterations: Int
        var gradientNorm: Double
        var identified: Bool
        var parts: Int
        var separable: [String]
        var notes: [String]
    }

    struct Intervals: Encodable {
        var method: String
        var confidence: Double
        var clusteredBy: String?
        var clusters: Int?
        var criticalValue: Double
    }

    struct Checks: Encodable {
        var goodnessOfFit: GoodnessReport?
        var goodnessVerdict: String?
        var cycles: IntransitivityReport?
        var cyclesVerdict: String?
        var notes: [String]
    }

    var model: String
    var items: [Item]
    var parameters: [Parameter]
    var judges: [Judge]
    var certificate: Certificate
    var intervals: Intervals
    var logLikelihood: Double
    var observations: Double
    var checks: Checks?
    var sources: [String]
    var notes: [String]

    init(_ fit: RankingFit, checks: FitChecks?, sources: [String], notes: [String]) {
        model = fit.model
        items = fit.items.enumerated().map { place, item in
            let next = place + 1 < fit.items.count ? fit.items[place + 1] : nil
            return Item(
                item: item.item, score: item.score, lower: item.interval.lowerBound,
                upper: item.interval.upperBound,
                rank: item.rank, rankLower: item.ranks.lowerBound, rankUpper: item.ranks.upperBound,
                comparisons: item.comparisons, standardError: item.standardError, open: item.open?.rawValue,
                part: item.part + 1, comparisonsToNext: next.flatMap { fit.comparisonsToSeparate(item, $0) })
        }
        parameters = fit.coefficients.map {
            Parameter(
                name: $0.name, estimate: $0.estimate, lower: $0.interval.lowerBound,
                upper: $0.interval.upperBound,
                standardError: finite($0.standardError), meaning: $0.meaning)
        }
        judges = fit.judges.map {
            Judge(
                judge: $0.judge, kind: $0.kind.rawValue, sharpness: $0.sharpness,
                standardError: finite($0.standardError), leftBias: $0.leftBias, answers: $0.answers)
        }
        let c = fit.certificate
        certificate = Certificate(
            converged: c.converged, iterations: c.iterations, gradientNorm: c.gradientNorm,
            identified: c.identified,
            parts: max(1, c.parts.count), separable: c.separable, notes: c.notes)
        let n = fit.intervals
        intervals = Intervals(
            method: n.method, confidence: n.confidence, clusteredBy: n.clusteredBy, clusters: n.clusters,
            criticalValue: n.criticalValue)
        logLikelihood = fit.logLikelihood
        observations = fit.observations
        self.checks = checks.map {
            Checks(
                goodnessOfFit: $0.goodness, goodnessVerdict: $0.goodness?.verdict, cycles: $0.cycles,
                cyclesVerdict: $0.cycles?.verdict, notes: $0.notes)
        }
        self.sources = sources
        self.notes = notes
    }
}

/// The JSON of `heed rank --by`.
struct GroupedRankJSON: Encodable {
    struct Group: Encodable {
        var group: String
        var ranking: RankJSON
    }

    struct Failed: Encodable {
        var group: String
        var reason: String
    }

    var by: String
    var groups: [Group]
    var failed: [Failed]
}
