/// A predictor that weighs features: its log-odds are Σ wⱼ (aⱼ − bⱼ).
public protocol WeighsFeatures: PreferencePredictor {
    /// w, one for each feature.
    var weights: [Double] { get }
}

extension LinearRewardModel: WeighsFeatures {}

/// What of two answers spoke for the first, and how much.
public struct PreferenceReason: Sendable, Hashable {
    /// The word or feature.
    public var feature: String
    /// What it adds to the log-odds of the first.
    public var value: Double

    /// Creates one.
    public init(_ feature: String, value: Double) {
        self.feature = feature
        self.value = value
    }
}

extension TrainedModel {
    /// What drove the preference between two answers, the strongest first; nil for models that do not weigh features.
    ///
    /// All reasons together add up to the log-odds that `compare` gives.
    public func reasons(prompt: String? = nil, _ a: String, _ b: String) throws -> [PreferenceReason]? {
        guard let weights = (predictor as? any WeighsFeatures)?.weights else { return nil }
        var (places, reasons): ([String: Int], [PreferenceReason]) = ([:], [])
        for (text, sign) in [(a, 1.0), (b, -1.0)] {
            for piece in try features.pieces(of: text, prompt: prompt) {
                let value = sign * weights[piece.column] * piece.value
                if let place = places[piece.text] {
                    reasons[place].value += value
                } else {
                    places[piece.text] = reasons.count
                    reasons.append(PreferenceReason(piece.text, value: value))
                }
            }
        }
        return Self.ordered(reasons)
    }

    /// The same for things that are rows of numbers.
    public func reasons(_ a: [Double], _ b: [Double]) throws -> [PreferenceReason]? {
        guard let weights = (predictor as? any WeighsFeatures)?.weights else { return nil }
        guard a.count == weights.count, b.count == weights.count else {
            throw LearningError.data(
                "the things have \(a.count) and \(b.count) numbers, the model has learnt from \(weights.count)"
            )
        }
        return Self.ordered(
            weights.indices.map {
                PreferenceReason(features.name(of: $0), value: weights[$0] * (a[$0] - b[$0]))
            })
    }

    private static func ordered(_ reasons: [PreferenceReason]) -> [PreferenceReason] {
        reasons.filter { $0.value != 0 }.sorted {
            abs($0.value) == abs($1.value)
                ? $0.feature.utf8.lexicographicallyPrecedes($1.feature.utf8) : abs($0.value) > abs($1.value)
        }
    }
}

extension FittedFeatures {
    /// What of an answer adds how much to which column; what is added to a column adds up to its number.
    func pieces(of answer: String, prompt: String?) throws -> [TextTerm] {
        let matrix = try features(of: [answer], prompts: [prompt])
        let row = matrix.row(0)
        guard let words, let base = promptWidth else {
            return row.indices.map { TextTerm(name(of: $0), column: $0, value: row[$0]) }
        }
        var pieces = try words.terms(of: answer).map {
            TextTerm("“\($0.text)”", column: $0.column, value: $0.value)
        }
        var column = base
        if recipe.product {
            if let prompt, let theirs = try features(ofPrompts: [prompt])?.row(0) {
                pieces += pieces.map {
                    TextTerm(
                        $0.text + " × prompt", column: $0.column + base, value: $0.value * theirs[$0.column])
                }
            }
            column += base
        }
        for column in column..<width where row[column] != 0 {
            pieces.append(TextTerm(name(of: column), column: column, value: row[column]))
        }
        return pieces
    }
}
