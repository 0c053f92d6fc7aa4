/// The words by which files say who won.
enum OutcomeWords {
    /// The outcome that a word stands for, in any case; `nil` for a word that stands for none.
    static func outcome(_ word: UnsafeBufferPointer<UInt8>, numbers: Bool) -> Comparison.Outcome? {
        guard word.count <= 24 else { return nil }
        switch String(decoding: word, as: UTF8.self).lowercased() {
        case "left", "l", "a", "model_a", "model a", "assistant_a", "answer_a", "response_a", "first",
            "model_1",
            "item_a", "option_a":
            return .left
        case "right", "r", "b", "model_b", "model b", "assistant_b", "answer_b", "response_b", "second",
            "model_2",
            "item_b", "option_b":
            return .right
        case "tie", "draw", "equal", "tied", "same", "both_good", "bothgood", "both good", "tie (both good)",
            "tie (bothgood)", "=":
            return .tie
        case "both_bad", "bothbad", "both bad", "tie (bothbad)", "tie (both bad)", "tie_bothbad", "neither":
            return .bothBad
        case "skip", "skipped", "pass", "abstain": return .skip
        case "1", "1.0": return numbers ? .left : nil
        case "2", "2.0": return numbers ? .right : nil
        case "0", "0.0": return numbers ? .tie : nil
        default: return nil
        }
    }

    /// Whether numbers stand for sides (1 left, 2 right, 0 tie): only where a 2 occurs, since 0 and 1 alone can be
    /// read two ways.
    static func areSides(_ values: Set<[UInt8]>) -> Bool {
        values.contains(Array("2".utf8)) || values.contains(Array("2.0".utf8))
            || (values.contains(Array("1".utf8)) && !values.contains(Array("0".utf8)))
    }
}
