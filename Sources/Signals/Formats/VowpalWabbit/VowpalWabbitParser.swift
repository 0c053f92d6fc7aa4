/// Reads a stretch of Vowpal Wabbit text that ends with a whole line, or with a whole example where an example has
/// several lines.
///
/// A line is `labels 'tag |namespace:scale feature:value …`. What Vowpal Wabbit would read with a warning is a fault
/// here.
struct VowpalWabbitParser {
    typealias Fault = VowpalWabbitPart.Fault

    /// What stands before the first bar of a line says of one action.
    struct Label {
        var start: Int
        var end: Int
        /// Not a number where there is none.
        var cost = Double.nan
        var probability = Double.nan
    }

    let base: UnsafePointer<UInt8>
    let count: Int
    let part: VowpalWabbitPart
    let keepsPlaces: Bool
    let isASCII: Bool
    /// The rows of decisions, and those of actions; features are always added to the first of them, so that the two
    /// change places for an action's line.
    var rows: SparseBuffer
    var otherRows: SparseBuffer
    var tokens: TokenTable
    let powers = DecimalNumber.powers
    var at = 0
    var line = 0
    var labels: [Label] = []
    var tag = 0..<0
    var isShared = false
    /// The codes of the names of actions that are their place, `1` first.
    var placeCodes: [UInt32] = []
    /// For each action, the last example that named it.
    var lastExample: [Int] = []

    /// - Parameter isMultiline: Whether an example has a line for each action, as with `--cb_adf`.
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>, isMultiline: Bool, keepsPlaces: Bool)
        -> VowpalWabbitPart
    {
        let part = VowpalWabbitPart(size: bytes.count)
        guard let base = bytes.baseAddress else { return part }
        var parser = VowpalWabbitParser(
            base: base, count: bytes.count, part: part, keepsPlaces: keepsPlaces,
            isASCII: UTF8Check.isASCII(bytes))
        if isMultiline { parser.parseExamples() } else { parser.parseLines() }
        part.features = parser.rows
        part.actionFeatures = parser.otherRows
        part.tokens = parser.tokens
        if part.hasPossible { part.possible.pad(to: part.count) }
        part.lines = parser.line
        return part
    }

    private init(
        base: UnsafePointer<UInt8>, count: Int, part: VowpalWabbitPart, keepsPlaces: Bool, isASCII: Bool
    ) {
        self.base = base
        self.count = count
        self.part = part
        self.keepsPlaces = keepsPlaces
        self.isASCII = isASCII
        rows = part.features
        otherRows = part.actionFeatures
        tokens = part.tokens
    }

    // MARK: Lines

    /// Reads lines that are examples of their own.
    private mutating func parseLines() {
        while at < count {
            if skipBlankLine() { continue }
            let start = at
            let before = (rows: rows.ends.count, count: rows.count)
            part.records += 1
            do throws(Fault) {
                try checkText()
                try parseLabels()
                try parseFeatures()
                if try addRow() {
                    rows.endRow()
                    if keepsPlaces { part.places.append((start, at, line)) }
                } else {
                    rows.cut(rows: before.rows, count: before.count)
                    part.withoutAction += 1
                }
            } catch {
                rows.cut(rows: before.rows, count: before.count)
                note(error, lineStart: start)
            }
            passLineBreak()
        }
    }

    /// Adds what the labels of the line say; false where they do not say which action was taken.
    private mutating func addRow() throws(Fault) -> Bool {
        if isShared {
            throw Fault(
                field: "label",
                reason: "a shared line belongs to examples of several lines, which this text has not",
                start: labelStart, end: labelStart + 6)
        }
        var taken = labels.first
        if labels.count != 1 {
            taken = nil
            for label in labels where !label.cost.isNaN {
                if taken == nil { taken = label } else { part.severalCosts += 1; break }
            }
        }
        guard let taken else { return false }
        if labels.count > 1 {
            part.possible.pad(to: part.action.count)
            for label in labels {
                part.possible.append(Int32(bitPattern: actionCode(label)), label.probability)
            }
            part.possible.endRow()
        } else if part.hasPossible {
            part.possible.endRow()
        }
        part.action.append(actionCode(taken))
        part.reward.append(0 - taken.cost)
        part.propensity.append(taken.probability)
        return true
    }

    private var labelStart: Int { tag.lowerBound }

    @inline(__always)
    func actionCode(_ label: Label) -> UInt32 {
        part.actions.intern(UnsafeBufferPointer(start: base + label.start, count: label.end - label.start))
    }

    /// Reports the line at which the reading is, and passes to its end.
    mutating func note(_ fault: Fault, lineStart: Int) {
        var fault = fault
        fault.line = line
        fault.lineStart = lineStart
        while !isLineEnd(byte(at)) { at += 1 }
        fault.lineEnd = at
        part.faults.append(fault)
    }

    // MARK: Bytes

    /// The byte at a place; a line break behind the end.
    @inline(__always)
    func byte(_ at: Int) -> UInt8 { at < count ? base[at] : 0x0A }

    @inline(__always)
    func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    /// Whether a byte ends a word: a blank, a line break, any other control character.
    @inline(__always)
    func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 && byte != 0x0A && byte != 0x0D }

    @inline(__always)
    mutating func skipBlanks() { while isBlank(byte(at)) { at += 1 } }

    /// Passes a line of nothing but blanks.
    mutating func skipBlankLine() -> Bool {
        let start = at
        skipBlanks()
        if isLineEnd(byte(at)) {
            passLineBreak()
            return true
        }
        at = start
        return false
    }

    /// Passes the line break at which the reading is.
    @inline(__always)
    mutating func passLineBreak() {
        guard at < count else { return }
        at += base[at] == 0x0D && byte(at + 1) == 0x0A && at + 1 < count ? 2 : 1
        line += 1
    }

    /// Refuses a line that is not UTF-8.
    func checkText() throws(Fault) {
        guard !isASCII else { return }
        var end = at
        while !isLineEnd(byte(end)) { end += 1 }
        let text = UnsafeBufferPointer(start: base + at, count: end - at)
        if let bad = UTF8Check.firstInvalid(text) {
            throw Fault(
                field: "line",
                reason: "not valid UTF-8; convert the file first, for example with iconv -f LATIN1 -t UTF-8",
                start: at + bad, end: end)
        }
    }

    /// Where the word that begins here ends; a colon ends it where asked for.
    func wordEnd(_ start: Int, colon: Bool = false) -> Int {
        var end = start
        while true {
            let next = byte(end)
            if next <= 0x20 || next == UInt8(ascii: "|") || (colon && next == UInt8(ascii: ":")) {
                return end
            }
            end += 1
        }
    }
}
