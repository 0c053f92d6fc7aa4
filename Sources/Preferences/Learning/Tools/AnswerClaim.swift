/// What a text says in a form that can be compared: a number, a day, a weekday, or words.
public enum AnswerClaim: Sendable, Hashable {
    /// A number, and with how many decimals it was written.
    case number(Rational, decimals: Int)
    /// A date.
    case date(CivilDate)
    /// A day of the week, from Monday as 0.
    case weekday(Int)
    /// Words in lower case.
    case words([String])

    /// What an observation says.
    public init(observation: String) {
        let dates = CivilDate.dates(in: observation)
        let numbers = Self.numbers(in: observation)
        let words = TextTokens.words(observation)
        if dates.count == 1 {
            self = .date(dates[0])
        } else if words.count == 1, let day = Self.weekday(words[0]) {
            self = .weekday(day)
        } else if numbers.count == 1, !words.contains(where: { $0.contains { $0.isLetter } }) {
            self = .number(numbers[0].value, decimals: numbers[0].decimals)
        } else {
            self = .words(words)
        }
    }

    /// How an answer to a question stands to what a tool found.
    ///
    /// What counts of several is what comes last; numbers and dates of the question count only where the answer has no
    /// others. A number in decimals matches what rounds to it.
    ///
    /// - Returns: whether it says the same, and |claim − observation| / |observation|, at most 1; 1 where it says
    ///   nothing of the kind.
    func agreement(of answer: String, to question: String) -> (matches: Bool, error: Double) {
        switch self {
        case .weekday(let day):
            let said = TextTokens.words(answer).compactMap(Self.weekday).last
            return (said == day, said == day ? 0 : 1)
        case .date(let date):
            let said = CivilDate.dates(in: answer)
            let known = Set(CivilDate.dates(in: question))
            guard let claim = said.last(where: { !known.contains($0) }) ?? said.last else {
                return (false, 1)
            }
            return (claim == date, min(1, Double(abs(claim.days - date.days)) / 365))
        case .words(let words):
            let said = TextTokens.words(answer)
            guard !words.isEmpty, said.count >= words.count else { return (false, 1) }
            let found = (0...(said.count - words.count)).contains {
                said[$0..<$0 + words.count].elementsEqual(words)
            }
            return (found, found ? 0 : 1)
        case .number(let wanted, _):
            let said = Self.numbers(in: answer)
            let known = Set(Self.numbers(in: question).map(\.value))
            guard let claim = said.last(where: { !known.contains($0.value) }) ?? said.last else {
                return (false, 1)
            }
            if claim.value == wanted { return (true, 0) }
            let gap = abs(claim.value.double - wanted.double)
            var unit = 0.5
            for _ in 0..<claim.decimals { unit /= 10 }
            let scale = abs(wanted.double)
            return (
                claim.decimals > 0 && gap <= unit * (1 + 1e-9),
                scale > 0 ? min(1, gap / scale) : 1
            )
        }
    }

    private static func weekday(_ word: String) -> Int? {
        CivilDate.weekdays.firstIndex { $0.lowercased() == word }
    }

    /// The numbers in a text: −1,234.5 and 3/4, not the figures of dates or within words.
    static func numbers(in text: String) -> [(value: Rational, decimals: Int)] {
        var rest = text
        for range in CivilDate.figures(in: text).reversed() { rest.replaceSubrange(range, with: ";") }
        var found: [(value: Rational, decimals: Int)] = []
        let bytes = Array(rest.utf8)
        var place = 0
        func isDigit(_ place: Int) -> Bool {
            place >= 0 && place < bytes.count
                && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place])
        }
        func isWord(_ place: Int) -> Bool {
            place >= 0 && place < bytes.count
                && (bytes[place] | 0x20 >= UInt8(ascii: "a") && bytes[place] | 0x20 <= UInt8(ascii: "z")
                    || bytes[place] >= 0x80)
        }
        func run() -> Substring {
            let start = place
            while isDigit(place)
                || (place < bytes.count
                    && (bytes[place] == UInt8(ascii: ".") || bytes[place] == UInt8(ascii: ","))
                    && isDigit(place + 1))
            {
                place += 1
            }
            return Substring(String(decoding: bytes[start..<place], as: UTF8.self))
        }
        while place < bytes.count {
            guard isDigit(place), !isWord(place - 1) else {
                place += 1
                continue
            }
            // A hyphen after a digit or a letter joins or subtracts; elsewhere it is a sign.
            let isNegative =
                place > 0 && bytes[place - 1] == UInt8(ascii: "-") && !isDigit(place - 2)
                && !isWord(place - 2)
            let text = run()
            guard var value = Rational(text) else { continue }
            if place < bytes.count, bytes[place] == UInt8(ascii: "/"), isDigit(place + 1) {
                place += 1
                if let below = Rational(run()), let quotient = try? value / below { value = quotient }
            }
            if isNegative, let negated = try? value.negated() { value = negated }
            let decimals = text.lastIndex(of: ".").map { text.distance(from: $0, to: text.endIndex) - 1 } ?? 0
            found.append((value, decimals))
        }
        return found
    }
}
