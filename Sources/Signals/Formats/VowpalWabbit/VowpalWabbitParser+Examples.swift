/// Examples of several lines, as with `--cb_adf`: a `shared` line perhaps, then a line for each action, of which the
/// one that was taken has a label; a blank line ends the example.
extension VowpalWabbitParser {
    private struct Line {
        var tag: Range<Int>
        var probability = Double.nan
    }

    mutating func parseExamples() {
        var lines: [Line] = []
        while at < count {
            if skipBlankLine() { continue }
            let start = at
            let firstLine = line
            let before = (rows.ends.count, rows.count, otherRows.ends.count, otherRows.count)
            part.records += 1
            lines.removeAll(keepingCapacity: true)
            var end = at
            var lineStart = at
            var taken: (line: Int, label: Label)?
            do throws(Fault) {
                repeat {
                    lineStart = at
                    let isFirst = end == start
                    try checkText()
                    try parseLabels()
                    if isShared {
                        guard isFirst else {
                            throw Fault(
                                field: "label",
                                reason: "a shared line begins an example; is a blank line missing?",
                                start: lineStart, end: lineStart + 6)
                        }
                        try parseFeatures()
                    } else {
                        try add(&lines, &taken, lineStart)
                    }
                    end = at
                    passLineBreak()
                } while !isBlankLine()
                guard !lines.isEmpty else {
                    at = start
                    line = firstLine
                    throw Fault(field: "example", reason: "no action has a line", start: start, end: end)
                }
                rows.endRow()
                if let taken {
                    addExample(lines, taken)
                    if keepsPlaces { part.places.append((start, end, firstLine)) }
                } else {
                    part.withoutAction += 1
                    cut(before)
                }
            } catch {
                cut(before)
                note(error, lineStart: lineStart)
                passLineBreak()
                while !isBlankLine() {
                    while !isLineEnd(byte(at)) { at += 1 }
                    passLineBreak()
                }
            }
        }
    }

    private mutating func cut(_ before: (Int, Int, Int, Int)) {
        rows.cut(rows: before.0, count: before.1)
        otherRows.cut(rows: before.2, count: before.3)
    }

    /// Whether nothing but blanks stands in the line that begins here, or nothing follows.
    private mutating func isBlankLine() -> Bool {
        var place = at
        while isBlank(byte(place)) { place += 1 }
        return isLineEnd(byte(place))
    }

    /// Reads the rest of an action's line.
    private mutating func add(_ lines: inout [Line], _ taken: inout (line: Int, label: Label)?, _ start: Int)
        throws(Fault)
    {
        var entry = Line(tag: tag)
        if let label = labels.first {
            guard labels.count == 1, taken == nil || label.cost.isNaN else {
                throw Fault(
                    field: "label", reason: "one action of an example has a label, since one was taken",
                    start: label.start, end: wordEnd(label.start))
            }
            if !label.cost.isNaN {
                taken = (lines.count, label)
                entry.probability = label.probability
            }
        }
        lines.append(entry)
        swap(&rows, &otherRows)
        defer { swap(&rows, &otherRows) }
        try parseFeatures()
        rows.endRow()
    }

    private mutating func addExample(_ lines: [Line], _ taken: (line: Int, label: Label)) {
        let first = part.possible.count
        // Tags that tell the actions apart are their names.
        var hasTags = true
        for entry in lines {
            guard !entry.tag.isEmpty else {
                hasTags = false
                break
            }
            let code = part.actions.intern(
                UnsafeBufferPointer(start: base + entry.tag.lowerBound, count: entry.tag.count))
            while lastExample.count <= Int(code) { lastExample.append(0) }
            guard lastExample[Int(code)] != part.records else {
                hasTags = false
                break
            }
            lastExample[Int(code)] = part.records
            part.possible.append(Int32(bitPattern: code), entry.probability)
        }
        if hasTags {
            part.usesTags = true
        } else {
            part.usesPlaces = true
            part.possible.cut(rows: part.possible.ends.count, count: first)
            for (place, entry) in lines.enumerated() {
                if place == placeCodes.count {
                    var name = String(place + 1)
                    placeCodes.append(name.withUTF8 { part.actions.intern($0) })
                }
                part.possible.append(Int32(bitPattern: placeCodes[place]), entry.probability)
            }
        }
        part.possible.endRow()
        part.action.append(UInt32(bitPattern: part.possible.columns[first + taken.line]))
        part.reward.append(0 - taken.label.cost)
        part.propensity.append(taken.label.probability)
    }
}
