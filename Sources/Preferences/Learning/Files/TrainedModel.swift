/// A model with all it takes to ask it about texts: how they become numbers, what was learnt, and its card.
///
/// ```swift
/// let model = try ModelFolder.read("helpful")
/// let answer = try model.compare(prompt: "What is the capital of France?", "Paris.", "I do not know.")
/// print(answer.probability)
/// ```
public struct TrainedModel: Sendable {
    /// What answers.
    public let predictor: any PreferencePredictor
    /// How answers become numbers.
    public let features: FittedFeatures
    /// What is known of it.
    public var card: ModelCard

    /// Puts a model together.
    ///
    /// - Throws: `LearningError.data` where the parts do not fit.
    public init(_ predictor: any PreferencePredictor, features: FittedFeatures, card: ModelCard) throws {
        guard predictor.features == features.width else {
            throw LearningError.data(
                "the model has learnt from \(predictor.features) features, and its recipe makes \(features.width)"
            )
        }
        self.predictor = predictor
        self.features = features
        self.card = card
    }

    /// Which of two answers to a prompt will be preferred.
    public func compare(
        prompt: String? = nil, _ a: String, _ b: String, for audience: Audience = .everyone
    ) throws -> Prediction {
        let items = try features.items(
            answers: [a, b], prompt: prompt == nil ? [-1, -1] : [0, 0], prompts: prompt.map { [$0] } ?? [])
        return try predict(items, for: audience)
    }

    /// Which of two things will be preferred that are rows of numbers.
    public func compare(_ a: [Double], _ b: [Double], for audience: Audience = .everyone) throws -> Prediction
    {
        try predict(ItemSet(features: FeatureMatrix([a, b])), for: audience)
    }

    private func predict(_ items: ItemSet, for audience: Audience) throws -> Prediction {
        // Nothing is to be said of two things that are the same.
        let pair = try ComparisonSet(items: items, left: [0], right: [1], labels: [0.5])
        guard let answer = try predictor.predict(pair, for: audience).first else {
            throw LearningError.data("the model gave no answer")
        }
        return answer
    }

    /// The score of each answer to its prompt, on the scale on which differences are log-odds.
    ///
    /// - Throws: `LearningError.data` where the model knows no scores of single answers, but only which of two is better.
    public func score(
        _ answers: [String], prompts: [String?]? = nil, for audience: Audience = .everyone
    ) throws -> [Prediction] {
        precondition(prompts == nil || prompts?.count == answers.count, "a prompt or nil for each answer")
        var (places, known): ([String: Int], [String]) = ([:], [])
        let prompt = answers.indices.map { index -> Int in
            guard let text = prompts?[index] else { return -1 }
            if let place = places[text] { return place }
            places[text] = known.count
            known.append(text)
            return known.count - 1
        }
        return try score(features.items(answers: answers, prompt: prompt, prompts: known), for: audience)
    }

    /// The score of each item.
    public func score(_ items: ItemSet, for audience: Audience = .everyone) throws -> [Prediction] {
        guard let scorer = predictor as? any ItemScorer else {
            throw LearningError.data("\(card.method) knows no scores of single answers; compare two")
        }
        return try scorer.scores(items, for: audience)
    }
}
