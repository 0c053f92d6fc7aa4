import Foundation

/// Numbers and lists in words that anybody can read.
enum Plain {
    /// A share as a percentage: "96%", "0.4%", "under 0.1%".
    static func percent(_ share: Double) -> String {
        let value = 100 * share
        if value > 0 && value < 0.1 { return "under 0.1%" }
        if value > 99.9 && value < 100 { return "over 99.9%" }
        let whole = value.rounded()
        if (value < 10 || value > 99) && abs(value - whole) >= 0.05 { return String(format: "%.1f%%", value) }
        return String(format: "%.0f%%", value)
    }

    /// An interval of shares: "41% to 55%", with a decimal where it is narrow.
    static func percents(_ low: Double, _ high: Double) -> String {
        "\(percent(low, within: high - low)) to \(percent(high, within: high - low))"
    }

    /// A share as a percentage, with a decimal where it is known to within 5 points.
    static func percent(_ share: Double, within width: Double) -> String {
        width < 0.05 && share >= 0.1 && share <= 0.99 ? String(format: "%.1f%%", 100 * share) : percent(share)
    }

    /// A number with thousands set apart: "1,204,000".
    static func number(_ value: Int) -> String {
        let digits = Array(String(abs(value)))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return value < 0 ? "-" + text : text
    }

    /// A number to two places.
    static func decimal(_ value: Double) -> String { String(format: "%.2f", value) }

    /// Seconds in words: "0.8 seconds", "3 minutes".
    static func seconds(_ value: Double) -> String {
        if value < 10 { return String(format: "%.1f seconds", value) }
        if value < 120 { return String(format: "%.0f seconds", value) }
        return String(format: "%.0f minutes", value / 60)
    }

    /// A number and its noun: "1 judge", "4 judges".
    static func count(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
        "\(number(count)) \(count == 1 ? noun : plural ?? noun + "s")"
    }

    /// The first few of a list: "a, b and c", "a, b, c and 4 more".
    static func list(_ all: [String], most: Int = 3) -> String {
        let names = all.map { $0.count > 60 ? $0.prefix(57) + "…" : $0 }
        if names.count <= most {
            guard let last = names.last else { return "" }
            return names.count == 1 ? last : names.dropLast().joined(separator: ", ") + " and " + last
        }
        return names.prefix(most).joined(separator: ", ") + " and \(number(names.count - most)) more"
    }

    /// A title as it reads inside a sentence.
    static func lowerFirst(_ text: String) -> String { text.prefix(1).lowercased() + text.dropFirst() }

    /// The first few sentences of a list, and how many more there are.
    static func sentences(_ all: [String], most: Int = 3, rest noun: String) -> String {
        let shown = all.prefix(most).joined(separator: " ")
        return all.count > most ? shown + " \(count(all.count - most, "more " + noun)) like that." : shown
    }
}
