import Foundation

/// Cleans a text as BERT does and cuts it into words and punctuation marks, one after the other.
struct WordScanner {
    /// The current word in UTF-8.
    private(set) var word: [UInt8] = []
    /// The number of its characters.
    private(set) var length = 0

    private let bytes: Slice<UnsafeBufferPointer<UInt8>>
    private let options: WordPieceTokenizer.Options
    private let stripsAccents: Bool
    private var place: Int
    // What is read but not given out: scalars in their final form.
    private var ready: [Unicode.Scalar] = []
    private var readyPlace = 0

    /// - Parameter bytes: Text in UTF-8.
    init(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ options: WordPieceTokenizer.Options) {
        self.bytes = bytes
        self.options = options
        stripsAccents = options.stripsAccents ?? options.lowercases
        place = bytes.startIndex
    }

    /// Goes on to the next word; false at the end of the text.
    mutating func advance() -> Bool {
        word.removeAll(keepingCapacity: true)
        length = 0
        while let scalar = peek() {
            switch ScalarKind(scalar) {
            case .space:
                drop()
                if length > 0 { return true }
            case .punctuation:
                if length == 0 {
                    drop()
                    append(scalar)
                }
                return true
            case .other:
                drop()
                append(scalar)
            }
        }
        return length > 0
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        if scalar.value < 0x80 {
            word.append(UInt8(scalar.value))
        } else {
            word.append(contentsOf: UTF8.encode(scalar)!)
        }
        length += 1
    }

    private mutating func peek() -> Unicode.Scalar? {
        while readyPlace == ready.count {
            ready.removeAll(keepingCapacity: true)
            readyPlace = 0
            guard place < bytes.endIndex else { return nil }
            read()
        }
        return ready[readyPlace]
    }

    private mutating func drop() { readyPlace += 1 }

    /// The number of characters after which a run is cut where accents cannot change places.
    private static let longestRun = 256

    /// Reads a character of ASCII, or a run of others.
    private mutating func read() {
        let byte = bytes[place]
        if byte < 0x80 {
            place += 1
            if let scalar = cleaned(Unicode.Scalar(byte)) { finish(scalar) }
            return
        }
        var pending: [Unicode.Scalar] = []
        while place < bytes.endIndex, bytes[place] >= 0x80 {
            let before = place
            let read = decode()
            if pending.count >= Self.longestRun, read.order == 0 {
                place = before
                break
            }
            guard let scalar = cleaned(read) else { continue }
            let isSeparate = options.separatesIdeographs && scalar.isIdeograph
            if isSeparate { pending.append(" ") }
            if stripsAccents {
                Decomposition.append(scalar, to: &pending)
            } else {
                pending.append(scalar)
            }
            if isSeparate { pending.append(" ") }
        }
        if stripsAccents {
            Decomposition.order(&pending)
            pending.removeAll { $0.isAccent }
        }
        for scalar in pending { finish(scalar) }
    }

    private mutating func finish(_ scalar: Unicode.Scalar) {
        guard options.lowercases else {
            ready.append(scalar)
            return
        }
        if scalar.value < 0x80 {
            ready.append((0x41...0x5A).contains(scalar.value) ? Unicode.Scalar(scalar.value + 32)! : scalar)
        } else {
            ready.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        }
    }

    /// What cleaning makes of a character; nil where it goes.
    private func cleaned(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        guard options.cleans else { return scalar }
        switch scalar.value {
        case 0x21...0x7E: return scalar
        case 0x20, 0x09, 0x0A, 0x0D: return " "
        case 0..<0x20, 0x7F, 0xFFFD: return nil
        default: return scalar.isOther ? nil : scalar.properties.isWhitespace ? " " : scalar
        }
    }

    /// Takes a character that is not ASCII; the bytes are UTF-8.
    private mutating func decode() -> Unicode.Scalar {
        let first = UInt32(bytes[place])
        func next(_ offset: Int) -> UInt32 { UInt32(bytes[place + offset]) & 0x3F }
        let value: UInt32
        if first < 0xE0 {
            value = (first & 0x1F) << 6 | next(1)
            place += 2
        } else if first < 0xF0 {
            value = (first & 0x0F) << 12 | next(1) << 6 | next(2)
            place += 3
        } else {
            value = (first & 0x07) << 18 | next(1) << 12 | next(2) << 6 | next(3)
            place += 4
        }
        return Unicode.Scalar(value)!
    }
}

/// What cutting into words needs to know of a character.
private enum ScalarKind {
    case space, punctuation, other

    init(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x61...0x7A, 0x30...0x39, 0x41...0x5A: self = .other
        case 0x20, 0x09...0x0D: self = .space
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: self = .punctuation
        case 0..<0x80: self = .other
        default:
            self = scalar.isPunctuation ? .punctuation : scalar.properties.isWhitespace ? .space : .other
        }
    }
}

// Categories are those of Unicode 8, which the models' own tokenizer has; later characters are in none of them. A few signs
// have changed theirs since, and are named one by one.
extension Unicode.Scalar {
    private var isOld: Bool { (properties.age?.major ?? .max) <= 8 }

    /// Whether cleaning takes it away: control, format and private characters.
    fileprivate var isOther: Bool {
        switch properties.generalCategory {
        case .control, .privateUse: true
        case .format: isOld
        default: false
        }
    }

    /// Whether it goes with the accents: a mark without width.
    fileprivate var isAccent: Bool {
        switch value {
        case 0..<0x300, 0x1885, 0x1886, 0xA9BD, 0x111C9: false
        case 0x1734, 0x1171E: true
        default: properties.generalCategory == .nonspacingMark && isOld
        }
    }

    fileprivate var isPunctuation: Bool {
        switch properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation:
            isOld
        default: value == 0x166D || value == 0x111C9
        }
    }

    /// Whether it is written without spaces around it, as Chinese characters are.
    fileprivate var isIdeograph: Bool {
        switch value {
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B81F,
            0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}

/// Takes characters apart into letters and their accents: Unicode's canonical decomposition.
private enum Decomposition {
    /// Adds what a character consists of.
    static func append(_ scalar: Unicode.Scalar, to result: inout [Unicode.Scalar]) {
        switch scalar.value {
        // Most of what is written without accents, and one that Unicode takes apart only since its version 13.
        case 0..<0xC0, 0x2010...0x2046, 0x3040...0x304B, 0x3400...0x9FFF, 0x1F000...0x1FAFF, 0x11938:
            result.append(scalar)
        case 0xAC00...0xD7A3:
            let index = scalar.value - 0xAC00
            result.append(Unicode.Scalar(0x1100 + index / 588)!)
            result.append(Unicode.Scalar(0x1161 + index % 588 / 28)!)
            if index % 28 > 0 { result.append(Unicode.Scalar(0x11A7 + index % 28)!) }
        default:
            result.append(
                contentsOf: String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars)
        }
    }

    /// Puts accents on the same letter into the order that does not depend on how they were typed.
    static func order(_ scalars: inout [Unicode.Scalar]) {
        var from = 0
        while from < scalars.count {
            var end = from
            while end < scalars.count, scalars[end].order > 0 { end += 1 }
            if end > from + 1 {
                // The standard library's sort keeps equal ones in their order.
                scalars[from..<end].sort { $0.order < $1.order }
            }
            from = Swift.max(end, from) + 1
        }
    }
}

extension Unicode.Scalar {
    fileprivate var order: UInt8 { value < 0x300 ? 0 : properties.canonicalCombiningClass.rawValue }
}
