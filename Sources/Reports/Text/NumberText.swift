import Foundation

/// Numbers as people read them; the same on every machine, whatever its language.
public enum NumberText {
    /// A number with this many decimals: `-1.50`. Not a number is `–`, infinity `∞`.
    public static func fixed(_ value: Double, _ decimals: Int) -> String {
        if value.isNaN { return "–" }
        if value.isInfinite { return value < 0 ? "-∞" : "∞" }
        if abs(value) >= 1e12 { return String(format: "%.3g", value) }
        let text = String(format: "%.\(max(0, min(decimals, 15)))f", value)
        let isZero = text.utf8.allSatisfy { $0 == 0x2D || $0 == 0x2E || $0 == 0x30 }
        return isZero && text.utf8.first == 0x2D ? String(text.dropFirst()) : text
    }

    /// A count with thousands set apart: `12,345`; weights that are no whole numbers keep one decimal.
    public static func count(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return fixed(value, 0) }
        let whole = abs(value - value.rounded()) < 0.05
        let text = fixed(abs(value), whole ? 0 : 1)
        let end = text.utf8.firstIndex(of: 0x2E) ?? text.endIndex
        let digits = Array(text[..<end])
        var out = value <= -0.05 ? "-" : ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { out.append(",") }
            out.append(digit)
        }
        return out + text[end...]
    }

    /// A share as a percentage: `63%`.
    public static func percent(_ share: Double, _ decimals: Int = 0) -> String {
        share.isFinite ? fixed(share * 100, decimals) + "%" : fixed(share, decimals)
    }

    /// The same number with a true minus sign, for print; in files and terminals the hyphen stays.
    public static func typographic(_ text: String) -> String {
        text.utf8.first == 0x2D ? "−" + text.dropFirst() : text
    }

    /// A duration in the largest sensible unit: `45 s`, `3 min`, `2 h 5 min`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "–" }
        let total = max(1, Int(seconds.rounded()))
        if total < 90 { return "\(total) s" }
        let minutes = (total + 30) / 60
        if minutes < 90 { return "\(minutes) min" }
        return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
    }

    /// A length in a picture: at most two decimals, none that say nothing.
    static func coordinate(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let hundredths = (value * 100).rounded()
        guard abs(hundredths) < 1e15 else { return "0" }
        let whole = Int(hundredths)
        if whole % 100 == 0 { return "\(whole / 100)" }
        let sign = whole < 0 ? "-" : ""
        let rest = abs(whole) % 100
        let tail = rest % 10 == 0 ? "\(rest / 10)" : (rest < 10 ? "0\(rest)" : "\(rest)")
        return "\(sign)\(abs(whole) / 100).\(tail)"
    }
}
