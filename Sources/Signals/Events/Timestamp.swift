/// Dates and times as they stand in files, as seconds since 1970-01-01 UTC.
enum Timestamp {
    /// The time that a text spells, or `nil`.
    ///
    /// Read are ISO 8601 dates and times (`2026-01-02`, `2026-01-02T03:04:05.5Z`, with a blank instead of the T
    /// and offsets such as `+01:00`; UTC where no zone is given), `2026/01/02`, and `20260102`.
    static func iso(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        var scan = Scan(bytes: bytes)
        guard let year = scan.digits(4) else { return nil }
        let month: Int, day: Int
        if scan.take("-") {
            guard let m = scan.digits(2), scan.take("-"), let d = scan.digits(2) else { return nil }
            (month, day) = (m, d)
        } else if scan.take("/") {
            guard let m = scan.digits(2), scan.take("/"), let d = scan.digits(2) else { return nil }
            (month, day) = (m, d)
        } else {
            guard let m = scan.digits(2), let d = scan.digits(2) else { return nil }
            (month, day) = (m, d)
        }
        guard let days = days(year: year, month: month, day: day) else { return nil }
        var seconds = Double(days) * 86400
        if scan.atEnd { return seconds }
        guard scan.take("T") || scan.take("t") || scan.take(" ") else { return nil }
        guard let hour = scan.digits(2), hour < 25, scan.take(":"), let minute = scan.digits(2), minute < 60
        else { return nil }
        seconds += Double(hour * 3600 + minute * 60)
        if scan.take(":") {
            guard let second = scan.digits(2), second < 61 else { return nil }
            seconds += Double(second)
            if scan.take(".") || scan.take(",") {
                guard let fraction = scan.fraction() else { return nil }
                seconds += fraction
            }
        }
        if scan.atEnd { return seconds }
        _ = scan.take(" ")
        if scan.take("Z") || scan.take("z") || scan.takeUTC() { return scan.atEnd ? seconds : nil }
        let west = scan.take("-")
        guard west || scan.take("+"), let hours = scan.digits(2), hours < 24 else { return nil }
        var minutes = 0
        if !scan.atEnd {
            _ = scan.take(":")
            guard let m = scan.digits(2), m < 60 else { return nil }
            minutes = m
        }
        let offset = Double(hours * 3600 + minutes * 60)
        return scan.atEnd ? seconds + (west ? offset : -offset) : nil
    }

    /// The time that a field spells: a date as in `iso`, or a number of seconds (milliseconds from 1e11 on,
    /// microseconds from 1e14 on, so that every common clock is understood).
    static func value(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        if let time = iso(bytes) { return time }
        guard let number = DecimalNumber.value(bytes) else { return nil }
        if abs(number) >= 1e14 { return number / 1e6 }
        return abs(number) >= 1e11 ? number / 1e3 : number
    }

    /// Days since 1970-01-01 in the Gregorian calendar, `nil` for a date that does not exist.
    static func days(year: Int, month: Int, day: Int) -> Int? {
        guard (1...12).contains(month), day >= 1 else { return nil }
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[month - 1] else { return nil }
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private struct Scan {
        let bytes: UnsafeBufferPointer<UInt8>
        var at = 0

        var atEnd: Bool { at == bytes.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
            at += 1
            return true
        }

        mutating func takeUTC() -> Bool { take("U") && take("T") && take("C") }

        mutating func digits(_ count: Int) -> Int? {
            guard at + count <= bytes.count else { return nil }
            var value = 0
            for offset in at..<(at + count) {
                guard bytes[offset] &- 48 < 10 else { return nil }
                value = value * 10 + Int(bytes[offset] &- 48)
            }
            at += count
            return value
        }

        mutating func fraction() -> Double? {
            let start = at
            while at < bytes.count, bytes[at] &- 48 < 10 { at += 1 }
            guard at > start else { return nil }
            if at - start <= 15 {
                let digits = bytes[start..<at].reduce(0) { $0 * 10 + Int($1 &- 48) }
                return Double(digits) / DecimalNumber.powers[at - start]
            }
            return DecimalNumber.value("0." + String(decoding: bytes[start..<at], as: UTF8.self))
        }
    }
}
