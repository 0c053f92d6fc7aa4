/// What can be seen of Vowpal Wabbit text without parsing it.
enum VowpalWabbitText {
    /// Whether a text begins like contextual-bandit text: `shared |s …`, or an action with its cost and probability,
    /// `2:0.5:0.25 |`; lines before the first label may have none.
    static func recognises(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var at = 0
        var seen = 0
        while at < bytes.count, at < 1 << 16, seen < 200 {
            let (end, next) = line(bytes, at)
            let text = UnsafeBufferPointer(rebasing: bytes[at..<end])
            at = next
            guard let first = text.first(where: { $0 > 0x20 }) else { continue }
            seen += 1
            guard let bar = text.firstIndex(of: UInt8(ascii: "|")) else { return false }
            if let word = text[..<bar].split(maxSplits: 1, whereSeparator: { $0 == 0x20 || $0 == 0x09 })
                .first,
                word.elementsEqual("shared".utf8) || isLabel(UnsafeBufferPointer(rebasing: word))
            {
                return true
            }
            // A line that is no example at all, rather than one without a label.
            if first != UInt8(ascii: "|"), first != UInt8(ascii: "'"), !(first &- 48 < 10) { return false }
        }
        return false
    }

    /// `action:cost:probability`, the two numbers.
    private static func isLabel(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        let parts = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        return parts.count == 3 && !parts[0].isEmpty
            && parts.dropFirst().allSatisfy { DecimalNumber.value(UnsafeBufferPointer(rebasing: $0)) != nil }
    }

    /// Whether an example has a line for each action: there is a `shared` line, or blank lines stand between groups
    /// of lines of which each has one label at most and not every one has.
    static func isMultiline(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var at = 0
        var lines = 0
        var labelled = 0
        var groups = 0
        var hasLonger = false
        while at < bytes.count, at < 1 << 18 {
            let (end, next) = line(bytes, at)
            let text = UnsafeBufferPointer(rebasing: bytes[at..<end])
            at = next
            if text.contains(where: { $0 > 0x20 }) {
                let head = text.prefix { $0 != UInt8(ascii: "|") }
                var words = head.split { $0 <= 0x20 }
                if words.first?.elementsEqual("shared".utf8) ?? false { return true }
                // A word that touches the bar or begins with ' is a tag.
                if let last = head.last, last > 0x20 { words.removeLast() }
                lines += 1
                if words.contains(where: { $0.first != UInt8(ascii: "'") }) { labelled += 1 }
                if labelled > 1 { return false }
            } else {
                if lines > 0 { groups += 1 }
                hasLonger = hasLonger || lines > 1
                (lines, labelled) = (0, 0)
            }
        }
        return groups > 0 && (hasLonger || lines > 1)
    }

    /// Where the line that begins here ends, and where the next one begins.
    static func line(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> (end: Int, next: Int) {
        var end = start
        while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
        guard end < bytes.count else { return (end, end) }
        let isTwo = bytes[end] == 0x0D && end + 1 < bytes.count && bytes[end + 1] == 0x0A
        return (end, end + (isTwo ? 2 : 1))
    }

    /// Where the last whole line of a window ends with its break, or the last whole example; 0 where there is none.
    static func lastBoundary(_ bytes: UnsafeBufferPointer<UInt8>, isMultiline: Bool) -> Int {
        var end = bytes.count
        // Whether all bytes from the line break above down to here are blank.
        var isBlank = false
        while end > 0 {
            let byte = bytes[end - 1]
            // A CR at the very end may be the first half of a line break.
            if byte == 0x0A || (byte == 0x0D && end < bytes.count) {
                if !isMultiline || isBlank { return end }
                isBlank = true
                if byte == 0x0A, end > 1, bytes[end - 2] == 0x0D { end -= 1 }
            } else if byte > 0x20 || byte == 0x0D {
                isBlank = false
            }
            end -= 1
        }
        return 0
    }

    /// Cuts the first bytes of a window into stretches of about a size that end with whole lines or examples.
    static func cut(_ bytes: UnsafeBufferPointer<UInt8>, _ length: Int, size: Int, isMultiline: Bool)
        -> [Range<Int>]
    {
        let bytes = UnsafeBufferPointer(rebasing: bytes[..<length])
        var ranges: [Range<Int>] = []
        var start = 0
        while start < length {
            var end = start + size
            if end >= length {
                end = length
            } else {
                end = line(bytes, end).next
                while isMultiline, end < length {
                    let (body, next) = line(bytes, end)
                    let isBlank = bytes[end..<body].allSatisfy { $0 <= 0x20 }
                    end = next
                    if isBlank { break }
                }
            }
            ranges.append(start..<end)
            start = end
        }
        return ranges
    }
}
