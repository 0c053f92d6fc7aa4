/// What stands before the first bar: labels, and a tag.
extension VowpalWabbitParser {
    /// Reads up to the first bar of a line.
    mutating func parseLabels() throws(Fault) {
        labels.removeAll(keepingCapacity: true)
        isShared = false
        skipBlanks()
        tag = at..<at
        while true {
            skipBlanks()
            let first = byte(at)
            if first == UInt8(ascii: "|") { return }
            guard !isLineEnd(first) else {
                throw Fault(field: "line", reason: "no | in the line", start: at, end: at)
            }
            let start = at
            let end = wordEnd(start)
            let touches = byte(end) == UInt8(ascii: "|")
            if first == UInt8(ascii: "'") {
                tag = start + 1..<end
                at = end
                skipBlanks()
                guard byte(at) == UInt8(ascii: "|") else {
                    throw Fault(
                        field: "tag", reason: "a tag is the last word before |", start: start, end: end)
                }
                return
            }
            if touches {
                try checkTag(start, end)
                tag = start..<end
                at = end
                return
            }
            if labels.isEmpty, !isShared, isText("shared", start, end) {
                isShared = true
                at = end
                continue
            }
            let label = try label(start, end)
            if isShared {
                throw Fault(field: "label", reason: "a shared line has no label", start: start, end: end)
            }
            labels.append(label)
            at = end
        }
    }

    /// A word that touches the bar is a tag, which nobody means by a label.
    private func checkTag(_ start: Int, _ end: Int) throws(Fault) {
        let looksLikeLabel =
            labels.isEmpty && !isShared
            && (isText("shared", start, end)
                || (start..<end).contains { base[$0] == UInt8(ascii: ":") })
        if looksLikeLabel {
            throw Fault(
                field: "label",
                reason: "a word that touches | is a tag to Vowpal Wabbit; put a blank before the |",
                start: start,
                end: end)
        }
    }

    private func isText(_ text: StaticString, _ start: Int, _ end: Int) -> Bool {
        guard end - start == text.utf8CodeUnitCount else { return false }
        return (start..<end).allSatisfy { base[$0] == text.utf8Start[$0 - start] }
    }

    /// Reads `action`, `action:cost` or `action:cost:probability`.
    private mutating func label(_ start: Int, _ end: Int) throws(Fault) -> Label {
        var label = Label(start: start, end: wordEnd(start, colon: true))
        guard label.end > start else {
            throw Fault(
                field: "action", reason: "an action is expected before the colon", start: start, end: end)
        }
        guard label.end < end else { return label }
        at = label.end + 1
        label.cost = try labelNumber("cost", end)
        guard at < end else { return label }
        at += 1
        let place = at
        label.probability = try labelNumber("probability", end)
        guard at == end else {
            throw Fault(
                field: "label", reason: "action, cost and probability are expected and no more", start: start,
                end: end)
        }
        guard label.probability > 0, label.probability <= 1 else {
            throw Fault(
                field: "probability",
                reason: "the probability of an action that was taken is above 0 and at most 1",
                start: place, end: end)
        }
        return label
    }

    private mutating func labelNumber(_ field: StaticString, _ end: Int) throws(Fault) -> Double {
        let start = at
        if let number = number() { return number }
        throw Fault(
            field: field, reason: "a number is expected", start: start,
            end: max(start, wordEnd(start, colon: true)))
    }
}
