import Foundation
import Heed

/// One set of comparisons, cut and described once, on which methods are trained and judged.
struct TrainingRun {
    let records: PairRecords
    let features: FittedFeatures
    let split: HonestSplit
    let testShare: Double
    let judgeShare: Double
    let seed: UInt64

    init(_ options: PairOptions, testShare: Double, judgeShare: Double, seed: UInt64) throws {
        records = try options.read()
        let bare = HonestSplit(
            try records.comparisons(), testShare: testShare, judgeShare: judgeShare, seed: seed)
        guard bare.train.count > 0, bare.test.count > 0 else {
            throw Failure(
                "there are \(records.count) comparisons of \(bare.unit == "prompt" ? "one prompt" : "one pair of items"), "
                    + "and a part has to be held out; give more, or --test 0 to judge nothing",
                code: Failure.badData)
        }
        let (recipe, encoder) = try options.recipe(records)
        // What features learn (which words there are) they learn from the training part alone.
        features = try records.fitted(recipe, on: bare.train, encoder: encoder)
        split = HonestSplit(
            try records.comparisons(features), testShare: testShare, judgeShare: judgeShare, seed: seed)
        (self.testShare, self.judgeShare, self.seed) = (testShare, judgeShare, seed)
    }

    /// A method that was trained and judged.
    struct Outcome {
        var kind: LearnerKind
        var model: any PreferencePredictor
        var report: HeldOutReport
        var seconds: Double
    }

    /// Trains a method on the training part and judges it by the rest.
    func train(_ kind: LearnerKind, watch: FitWatch = FitWatch()) throws -> Outcome {
        if let lack = kind.lacks(split.train) {
            throw Failure("\(kind.id) needs \(lack), which these data do not have", code: Failure.badData)
        }
        let start = ContinuousClock.now
        let model = try kind.train(split.train, seed, watch)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return Outcome(kind: kind, model: model, report: try judge(model), seconds: seconds)
    }

    /// Judges a model by the held-out part.
    func judge(_ model: some PreferencePredictor) throws -> HeldOutReport {
        try HeldOutReport(
            model, on: split.test, units: split.testUnits, isNewJudge: split.isNewJudge, seed: seed)
    }

    /// The model with its card.
    func trained(_ outcome: Outcome, date: Date) throws -> TrainedModel {
        let card = ModelCard(
            method: outcome.kind.id, recipe: features.recipe, seed: seed,
            date: date.formatted(.iso8601.year().month().day()),
            data: ModelCard.Data(split.train, files: records.sources),
            split: ModelCard.Split(split, testShare: testShare, judgeShare: judgeShare, seed: seed),
            metrics: ModelCard.Metrics(outcome.report), certificate: outcome.model.certificate)
        return try TrainedModel(outcome.model, features: features, card: card)
    }

    /// What was read and how it was cut, in two lines.
    var summary: String {
        let judges = Set(split.train.judges.filter { $0 >= 0 }).count
        let new = Set(zip(split.test.judges, split.isNewJudge).filter { $0.1 }.map(\.0)).count
        var text = "\(NumberText.count(Double(records.count))) comparisons of \(NumberText.count(Double(records.items))) things"
        if !records.prompts.isEmpty { text += " under \(NumberText.count(Double(records.prompts.count))) prompts" }
        text += "; \(features.width) features (\(features.recipe.source.kind))\n"
        text += "learnt from \(NumberText.count(Double(split.train.count)))"
        if judges > 0 { text += " by \(judges) judge\(judges == 1 ? "" : "s")" }
        text += ", judged by \(NumberText.count(Double(split.test.count))) of other \(split.unit)s"
        if new > 0 { text += ", some by \(new) judges of whom nothing was learnt" }
        return text
    }
}
