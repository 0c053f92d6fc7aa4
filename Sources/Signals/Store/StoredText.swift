/// The longest text of a refused line that is kept, in bytes.
let longestText = 65_536

/// A text as a column can hold it: not too long, and without the zero bytes at which SQLite's texts end.
func storable(_ text: String) -> String {
    if text.utf8.count <= longestText && !text.utf8.contains(0) { return text }
    return String(
        decoding: text.utf8.prefix(longestText).map { $0 == 0 ? UInt8(ascii: "?") : $0 }, as: UTF8.self)
}

extension String {
    /// Whether two event lines say the same, byte for byte or, where another version of Heed wrote one of
    /// them, once read.
    ///
    /// - Parameter butForTime: Whether their times may differ.
    func isSameEvent(as other: String, butForTime: Bool = false) -> Bool {
        if utf8.elementsEqual(other.utf8) { return true }
        guard var mine = try? FeedbackEvent(jsonLine: self), let theirs = try? FeedbackEvent(jsonLine: other)
        else { return false }
        if butForTime { mine.time = theirs.time }
        return mine.jsonLine().utf8.elementsEqual(theirs.jsonLine().utf8)
    }
}
