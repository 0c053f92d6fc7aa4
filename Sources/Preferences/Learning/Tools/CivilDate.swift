/// A day of the Gregorian calendar, also before that was used.
public struct CivilDate: Sendable, Hashable, CustomStringConvertible {
    /// Days since 1970-01-01.
    public let days: Int

    /// The names of the days of the week, from Monday on.
    public static let weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]

    /// A day by its number.
    public init(days: Int) { self.days = days }

    /// A day; nil where there is none such.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        // Years begin in March, so that leap days end them.
        let y = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = (y / 400, y % 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        let back = parts
        guard back.year == year, back.month == month, back.day == day else { return nil }
    }

    /// The place in `weekdays`.
    public var weekday: Int { ((days + 3) % 7 + 7) % 7 }

    /// Year, month and day.
    public var parts: (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let civil = month < 10 ? month + 3 : month - 9
        return (yearOfEra + era * 400 + (civil <= 2 ? 1 : 0), civil, day)
    }

    /// As in 2024-02-29.
    public var description: String {
        func pad(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let (year, month, day) = parts
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))"
    }

    /// The dates in a text, in order: 2024-02-29, 29 February 2024, February 29, 2024.
    public static func dates(in text: String) -> [CivilDate] {
        var tokens: [(start: String.Index, date: CivilDate)] = figures(in: text).compactMap { range in
            let parts = text[range].split(separator: "-").compactMap { Int($0) }
            return CivilDate(year: parts[0], month: parts[1], day: parts[2]).map { (range.lowerBound, $0) }
        }
        let words = pieces(text)
        for place in words.indices {
            guard let month = month(words[place].text), place + 1 < words.count else { continue }
            func number(_ offset: Int) -> Int? {
                guard words.indices.contains(place + offset) else { return nil }
                var text = words[place + offset].text
                for ending in ["st", "nd", "rd", "th"] where text.hasSuffix(ending) { text.removeLast(2) }
                return Int(text)
            }
            let first = number(1)
            if let day = number(-1), let year = first,
                let date = CivilDate(year: year, month: month, day: day)
            {
                tokens.append((words[place - 1].start, date))
            } else if let day = first, let year = number(2),
                let date = CivilDate(year: year, month: month, day: day)
            {
                tokens.append((words[place].start, date))
            }
        }
        return tokens.sorted { $0.start < $1.start }.map(\.date)
    }

    /// Where dates in figures stand.
    static func figures(in text: String) -> [Range<String.Index>] {
        var found: [Range<String.Index>] = []
        let bytes = text.utf8
        var place = bytes.startIndex
        var before: UInt8 = 0x20
        while place < bytes.endIndex {
            if !isDigit(before), let end = figure(bytes[place...]) {
                found.append(place..<end)
                before = UInt8(ascii: "0")
                place = end
            } else {
                before = bytes[place]
                bytes.formIndex(after: &place)
            }
        }
        return found
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// The end of 0000-00-00 at the start; nil where that is not what stands there.
    private static func figure(_ bytes: Substring.UTF8View) -> String.Index? {
        var place = bytes.startIndex
        for wanted in "0000-00-00".utf8 {
            guard place < bytes.endIndex,
                wanted == UInt8(ascii: "0") ? isDigit(bytes[place]) : bytes[place] == wanted
            else { return nil }
            bytes.formIndex(after: &place)
        }
        return place < bytes.endIndex && isDigit(bytes[place]) ? nil : place
    }

    private static func pieces(_ text: String) -> [(start: String.Index, text: String)] {
        var pieces: [(start: String.Index, text: String)] = []
        var start: String.Index?
        for place in text.indices {
            if text[place].isLetter || text[place].isNumber {
                if start == nil { start = place }
            } else if let begun = start {
                pieces.append((begun, text[begun..<place].lowercased()))
                start = nil
            }
        }
        if let begun = start { pieces.append((begun, text[begun...].lowercased())) }
        return pieces
    }

    private static func month(_ word: String) -> Int? {
        guard word.count >= 3 else { return nil }
        return months.firstIndex { $0.hasPrefix(word) && (word.count == 3 || word == $0 || word == "sept") }
            .map { $0 + 1 }
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november", "december",
    ]
}
