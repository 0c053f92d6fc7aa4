import Heed

/// What is checked of a fit beyond the fit itself; a check that the data do not allow is left out with the reason.
struct FitChecks {
    var goodness: GoodnessReport?
    var cycles: IntransitivityReport?
    var map: JudgeMapResult?
    var notes: [String] = []

    /// More comparisons than this are checked on a part of them, drawn evenly.
    static let limit = 200_000

    init(_ log: FeedbackLog, fit: RankingFit, model: ModelOptions, wantsMap: Bool) throws {
        let options = try model.options()
        var plain = options
        plain.intervals.method = .model
        plain.intervals.anytime = false
        let progress = ProgressLine("checking", total: 3)
        defer { progress.finish() }
        var checked = log
        if log.count > Self.limit {
            let step = (log.count + Self.limit - 1) / Self.limit
            var place = 0
            checked = log.filter { _ in
                place += 1
                return place % step == 0
            }
            notes.append("The checks use \(checked.count) of \(log.count) events, taken evenly.")
        }
        do {
            goodness = try Self.check(PreferenceModels.model(fit.model, plain), checked)
        } catch let error as PreferenceError {
            notes.append("Held-out calibration was not checked: \(error)")
        }
        progress.advance()
        if log.comparisons.count > 0 {
            do {
                var test = IntransitivityTest()
                if fit.items.count > 60 { test.replicates = 99 }
                cycles = try test.test(log, fit, covariates: options.covariates)
            } catch let error as PreferenceError {
                notes.append("Cycles were not looked for: \(error)")
            }
        }
        progress.advance()
        if wantsMap, log.judges.count >= 3 {
            do {
                map = try Preferences.JudgeMap().draw(checked, fit, covariates: options.covariates)
            } catch let error as PreferenceError {
                notes.append("There is no map of judges: \(error)")
            }
        }
    }

    private static func check(_ model: any PreferenceModel, _ log: FeedbackLog) throws -> GoodnessReport {
        func run(_ model: some PreferenceModel) throws -> GoodnessReport {
            try GoodnessOfFit().check(model, log)
        }
        return try run(model)
    }
}
