/// Says on which weekday a date is, how many days lie between two, and what date is so many days later.
///
/// ```swift
/// let calendar = CalendarTool()
/// print(try calendar.call("weekday of 2024-02-29"))                  // Thursday
/// print(try calendar.call("days from 2024-02-28 to 2024-03-01"))     // 2
/// print(try calendar.call("2024-02-28 plus 2 days"))                 // 2024-03-01
/// ```
public struct CalendarTool: AnswerTool {
    public let name = "calendar"
    public let usage =
        "answers \"weekday of 2024-02-29\", \"days from 2024-02-28 to 2024-03-01\" and \"2024-02-28 plus 2 days\""

    /// Creates a calendar.
    public init() {}

    public func call(_ input: String) throws -> String {
        let text = input.lowercased()
        let dates = CivilDate.dates(in: text)
        guard let first = dates.first else { throw ToolError.unreadable(String(input.prefix(80))) }
        if dates.count >= 2 { return String(abs(dates[1].days - first.days)) }
        let words = TextTokens.words(text)
        if let shift = Self.shift(words) {
            guard abs(shift) < 4_000_000, (1...9999).contains(CivilDate(days: first.days + shift).parts.year)
            else {
                throw ToolError.limit("the date is beyond the calendar")
            }
            return CivilDate(days: first.days + shift).description
        }
        guard words.contains(where: { $0 == "weekday" || $0 == "day" }) else {
            throw ToolError.unreadable(String(input.prefix(80)))
        }
        return CivilDate.weekdays[first.weekday]
    }

    public func input(for question: String) -> String? {
        let dates = CivilDate.dates(in: question)
        let words = TextTokens.words(question)
        if dates.count >= 2, words.contains("days") { return "days from \(dates[0]) to \(dates[1])" }
        guard let date = dates.first else { return nil }
        if let shift = Self.shift(words) {
            return "\(date) \(shift < 0 ? "minus" : "plus") \(abs(shift)) days"
        }
        return words.contains("weekday") || words.contains("day") ? "weekday of \(date)" : nil
    }

    /// How many days later, as in "30 days after" or "plus 30 days"; negative for "before" and "minus".
    private static func shift(_ words: [String]) -> Int? {
        for place in words.indices
        where words[place] == "days" || words[place] == "day" || words[place] == "weeks" {
            guard place > 0, let count = Int(words[place - 1]), count < 4_000_000 else { continue }
            let days = words[place] == "weeks" ? 7 * count : count
            let isBack =
                (place > 1 && words[place - 2] == "minus")
                || (place + 1 < words.count && ["before", "earlier", "prior"].contains(words[place + 1]))
            let isOn =
                (place > 1 && words[place - 2] == "plus")
                || (place + 1 < words.count
                    && ["after", "later", "from", "since"].contains(words[place + 1]))
            if isBack || isOn { return isBack ? -days : days }
        }
        return nil
    }
}
