import Heed

/// What `heed ope --json` prints.
struct OpeJSON: Encodable {
    struct Quantity: Encodable {
        var value: Double
        var standardError: Double?
        var lower: Double?
        var upper: Double?

        init(_ quantity: OffPolicyReport.Quantity) {
            value = quantity.value
            standardError = quantity.standardError.flatMap(finite)
            lower = finite(quantity.interval.lower)
            upper = finite(quantity.interval.upper)
        }

        init(_ value: Double, _ interval: Interval) {
            self.value = value
            lower = finite(interval.lower)
            upper = finite(interval.upper)
        }
    }

    struct Estimate: Encodable {
        var estimator: String
        var value: Quantity
        var difference: Quantity

        init(_ estimate: OffPolicyReport.Estimate) {
            estimator = estimate.estimator
            value = Quantity(estimate.value)
            difference = Quantity(estimate.difference)
        }
    }

    struct Sensitivity: Encodable {
        var gamma: Double
        var lower: Double?
        var upper: Double?
    }

    struct Finding: Encodable {
        var kind: String
        var severity: String
        var value: Double?
        var sentence: String
    }

    struct Propensities: Encodable {
        var source: String
        var why: String?
        var logLoss: Double?
        var marginalLogLoss: Double?
        var calibrationError: Double?
    }

    /// The interval that holds however often the log is looked at.
    struct Anytime: Encodable {
        var value: Quantity
        var difference: Quantity
        var verdict: String

        init(
            value: OffPolicySequence, difference: OffPolicySequence, estimated: Bool, report: OffPolicyReport
        ) {
            self.value = Quantity(value.estimate ?? .nan, value.interval)
            self.difference = Quantity(difference.estimate ?? .nan, difference.interval)
            // What stands in the way of a verdict stands in the way of this one too; chance is what it is about.
            var isOpen = false
            if case .cannotTell(let doubt, _) = report.verdict, doubt.kind != .chance { isOpen = true }
            let gap = difference.interval
            verdict =
                isOpen || estimated || gap.contains(0) || gap.lower > gap.upper
                ? "cannot tell" : gap.lower > 0 ? "better" : "worse"
        }
    }

    /// The value of a whole list by a slate estimator.
    struct List: Encodable {
        var estimator: String
        var length: Int
        var lists: Int
        var value: Quantity
    }

    struct Policy: Encodable {
        var policy: String
        var note: String?
        var verdict: String
        var reason: String?
        var whatWouldTell: String?
        var decisions: Int
        var units: Int
        var effectiveSampleSize: Double
        var largestWeight: Double
        var meanWeight: Double
        var propensities: Propensities
        var logging: Quantity
        var estimate: Estimate
        var others: [Estimate]
        var sensitivity: [Sensitivity]
        var flips: Double?
        var findings: [Finding]
        var anytime: Anytime?
        var lists: [List]
        var sentences: [String]

        init(
            _ candidate: OffPolicyBench.Candidate, _ report: OffPolicyReport, _ anytime: Anytime?,
            _ lists: [List]
        ) {
            self.lists = lists
            policy = candidate.policy.name
            note = candidate.note
            switch report.verdict {
            case .better: verdict = "better"
            case .worse: verdict = "worse"
            case .cannotTell(let doubt, let remedy):
                verdict = "cannot tell"
                reason = doubt.sentence
                whatWouldTell = remedy
            }
            decisions = report.decisions
            units = report.units
            effectiveSampleSize = report.weights.effectiveSampleSize
            largestWeight = report.weights.largest
            meanWeight = report.weights.mean
            switch report.propensities {
            case .logged: propensities = Propensities(source: "logged")
            case .estimated(let fit):
                propensities = Propensities(
                    source: "estimated", logLoss: fit.logLoss, marginalLogLoss: fit.marginalLogLoss,
                    calibrationError: fit.calibration.ece)
            }
            logging = Quantity(report.logging)
            estimate = Estimate(report.policy)
            others = report.others.map(Estimate.init)
            sensitivity = report.sensitivity.map {
                Sensitivity(
                    gamma: $0.gamma, lower: finite($0.interval.lower), upper: finite($0.interval.upper))
            }
            flips = report.flips
            findings = report.findings.map {
                Finding(
                    kind: $0.kind.rawValue, severity: $0.severity.rawValue, value: finite($0.value),
                    sentence: $0.sentence)
            }
            self.anytime = anytime
            if let anytime { verdict = anytime.verdict }
            sentences = report.sentences
        }
    }

    var rows: Int
    var actions: [String]
    var features: Int
    var policies: [Policy]

    init(_ bench: OffPolicyBench, _ policies: [Policy]) {
        rows = bench.logged.count
        actions = bench.logged.actions
        features = bench.logged.log.featureNames.count
        self.policies = policies.map { policy in
            var policy = policy
            policy.propensities.why = bench.why
            return policy
        }
    }

    /// The decimals of its numbers for people.
    var decimals: Int { fourDigits(policies.flatMap { [$0.logging.value, $0.estimate.value.value] }) }
}
