import Heed

/// What `heed train --json` prints.
struct TrainJSON: Encodable {
    struct Figures: Encodable {
        var name: String
        var comparisons: Int
        var accuracy: Double?
        var accuracyLower: Double?
        var accuracyUpper: Double?
        var logLoss: Double?
        var logLossLower: Double?
        var logLossUpper: Double?
        var calibrationError: Double?

        init(_ part: HeldOutReport.Part) {
            name = part.name
            comparisons = part.count
            accuracy = finite(part.accuracy)
            accuracyLower = part.accuracyInterval?.lowerBound
            accuracyUpper = part.accuracyInterval?.upperBound
            logLoss = finite(part.logLoss)
            logLossLower = part.logLossInterval?.lowerBound
            logLossUpper = part.logLossInterval?.upperBound
            calibrationError = finite(part.calibrationError)
        }
    }

    struct Difference: Encodable {
        var accuracy: Double?
        var accuracyInterval: ClosedRange<Double>?
        var logLoss: Double
        var logLossInterval: ClosedRange<Double>?

        init(_ difference: ReportDifference) {
            accuracy = finite(difference.accuracy)
            // Without an accuracy (all are ties) there is nothing to be sure of.
            accuracyInterval = accuracy.flatMap { _ in difference.accuracyInterval }
            (logLoss, logLossInterval) = (difference.logLoss, difference.logLossInterval)
        }
    }

    struct Method: Encodable {
        var id: String
        var converged: Bool
        var steps: Int
        var limits: [String]
        var seconds: Double
        var all: Figures
        var groups: [Figures]
        var worstGroup: String?
        var newJudges: Figures?
        var overBaseline: Difference?
    }

    struct Data: Encodable {
        var comparisons: Int
        var things: Int
        var prompts: Int
        var features: Int
        var featureKind: String
        var train: Int
        var test: Int
        var unit: String
    }

    var data: Data
    var seed: UInt64
    var baseline: String?
    var methods: [Method]
    var skipped: [String: String]
    var saved: String?

    init(
        _ run: TrainingRun, _ outcomes: [TrainingRun.Outcome], baseline: TrainingRun.Outcome? = nil,
        skipped: [(id: String, reason: String)] = [], saved: String? = nil
    ) {
        data = Data(
            comparisons: run.records.count, things: run.records.items, prompts: run.records.prompts.count,
            features: run.features.width, featureKind: run.features.recipe.source.kind,
            train: run.split.train.count, test: run.split.test.count, unit: run.split.unit)
        seed = run.seed
        self.baseline = baseline?.kind.id
        methods = outcomes.map { outcome in
            let certificate = outcome.model.certificate
            return Method(
                id: outcome.kind.id, converged: certificate.converged, steps: certificate.steps,
                limits: certificate.limits, seconds: outcome.seconds, all: Figures(outcome.report.all),
                groups: outcome.report.groups.map(Figures.init), worstGroup: outcome.report.worst?.name,
                newJudges: outcome.report.newJudges.map(Figures.init),
                overBaseline: baseline.map {
                    Difference(
                        ReportDifference(
                            outcome.report, over: $0.report, data: run.split.test, units: run.split.testUnits,
                            seed: run.seed))
                })
        }
        self.skipped = Dictionary(skipped.map { ($0.id, $0.reason) }) { first, _ in first }
        self.saved = saved
    }
}
