import Foundation

/// Numbers as sentences for people print them.
enum PlainNumber {
    /// Three significant digits.
    static func short(_ value: Double) -> String { String(format: "%.3g", value) }

    /// A percentage with one decimal.
    static func percent(_ share: Double) -> String { String(format: "%.1f%%", 100 * share) }

    /// A signed number with three significant digits.
    static func signed(_ value: Double) -> String { String(format: "%+.3g", value) }

    /// A whole number with two significant digits and separators, such as 40,000.
    static func count(_ value: Double) -> String {
        guard value.isFinite, value < 1e15 else { return "very many" }
        var whole = max(0, value).rounded()
        if whole >= 100 {
            let unit = pow(10, floor(log10(whole)) - 1)
            whole = (whole / unit).rounded() * unit
        }
        var digits = String(format: "%.0f", whole)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return ([digits] + groups).joined(separator: ",")
    }
}
