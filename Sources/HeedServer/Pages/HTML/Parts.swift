import Foundation
import HeedAPI
import Reports

/// What the pages have in common: numbers, times, tables, notes.
enum Parts {
    /// A count with thousands set apart.
    static func count(_ value: Int) -> String { NumberText.count(Double(value)) }

    /// A number with its minus sign.
    static func number(_ value: Double, _ decimals: Int = 3) -> String {
        NumberText.typographic(NumberText.fixed(value, decimals))
    }

    /// A number and its interval.
    static func estimate(_ estimate: Estimate, _ decimals: Int = 3) -> String {
        guard let low = estimate.low, let high = estimate.high else {
            return number(estimate.value, decimals)
        }
        return "\(number(estimate.value, decimals)) (\(number(low, decimals)) to \(number(high, decimals)))"
    }

    /// A count with its noun.
    static func count(_ value: Int, _ one: String, _ many: String) -> String {
        "\(count(value)) \(value == 1 ? one : many)"
    }

    /// A moment, in UTC.
    static func time(_ seconds: Double) -> HTML {
        guard seconds.isFinite, abs(seconds) < 1e11 else { return .text("–") }
        let date = Date(timeIntervalSince1970: seconds)
        let machine = date.formatted(.iso8601)
        return HTML(.time, [.set(.datetime, machine)]) { short(date) }
    }

    /// A moment as people read it: `21 Nov 2026, 12:35`.
    static func short(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = String(format: "%02d:%02d", parts.hour ?? 0, parts.minute ?? 0)
        return "\(parts.day ?? 1) \(months[(parts.month ?? 1) - 1]) \(parts.year ?? 0), \(clock)"
    }

    /// A word that says in what state something is.
    static func badge(_ text: String, _ kind: String = "plain") -> HTML {
        HTML(.span, [.class("badge \(kind)")]) { text }
    }

    /// A note that stands out.
    static func note(_ kind: String, _ title: String, @HTMLBuilder _ content: () -> HTML = { .nothing })
        -> HTML
    {
        HTML(.div, [.class("note \(kind)")]) {
            HTML(.p, [.class("note-title")]) { title }
            content()
        }
    }

    /// What to do where there is nothing yet.
    static func empty(_ title: String, @HTMLBuilder _ content: () -> HTML) -> HTML {
        HTML(.div, [.class("empty")]) {
            HTML(.p, [.class("empty-title")]) { title }
            content()
        }
    }

    /// A command to copy.
    static func command(_ text: String) -> HTML {
        HTML(.div, [.class("command")]) {
            HTML(.pre, [.set(.tabindex, "0")]) { HTML(.code) { text } }
            copy(text, "Copy the command")
        }
    }

    /// A button that copies; there only where scripts run.
    static func copy(_ text: String, _ label: String) -> HTML {
        HTML(.button, [.set(.type, "button"), .class("copy quiet"), .set(.copy, text), .set(.label, label)]) {
            "Copy"
        }
    }

    /// A few figures that say how much there is.
    static func figures(_ figures: [(value: String, label: String)]) -> HTML {
        HTML(.dl, [.class("figures")]) {
            for figure in figures {
                HTML(.div) {
                    HTML(.dt) { figure.label }
                    HTML(.dd) { figure.value }
                }
            }
        }
    }

    /// A column of a table.
    struct Column {
        var title: String
        var isNumber = false
        var help: String?

        init(_ title: String, number: Bool = false, help: String? = nil) {
            self.title = title
            isNumber = number
            self.help = help
        }
    }

    /// A table that scrolls by itself where it is too wide; the first cell of a row is its heading.
    static func table(_ caption: String, _ columns: [Column], _ rows: [[HTML]]) -> HTML {
        HTML(.div, [.class("scroll"), .set(.tabindex, "0"), .set(.role, "region"), .set(.label, caption)]) {
            HTML(.table) {
                HTML(.caption) { caption }
                HTML(.thead) {
                    HTML(.tr) {
                        for column in columns {
                            HTML(
                                .th,
                                [.set(.scope, "col"), .class(column.isNumber ? "num" : "")] + title(column)
                            ) {
                                column.title
                            }
                        }
                    }
                }
                HTML(.tbody) {
                    for row in rows {
                        HTML(.tr) {
                            for (index, cell) in row.enumerated() {
                                let isNumber = index < columns.count && columns[index].isNumber
                                if index == 0 {
                                    HTML(.th, [.set(.scope, "row")], cell)
                                } else {
                                    HTML(.td, [.class(isNumber ? "num" : "")], cell)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private static func title(_ column: Column) -> [Attribute] {
        column.help.map { [.set(.title, $0)] } ?? []
    }

    /// A chart for wide screens and once more for phones.
    static func chart(_ chart: some Chart, caption: String) -> HTML {
        HTML(.figure) {
            HTML(.div, [.class("wide")], .chart(chart.image(width: 760)))
            HTML(.div, [.class("compact")], .chart(chart.image(width: 330)))
            HTML(.figcaption) { caption }
        }
    }

    /// A row of numbers as small bars.
    static func spark(_ values: [Int], label: String) -> HTML {
        let top = max(1, values.max() ?? 1)
        var path = ""
        for (index, value) in values.prefix(240).enumerated() where value > 0 {
            let height = max(1.5, Double(value) / Double(top) * 30)
            path += "M\(index * 4) 32v-\(String(format: "%.1f", height))h3V32z"
        }
        let width = max(4, min(values.count, 240) * 4)
        return HTML(
            .svg,
            [
                .class("spark"), .set(.viewBox, "0 0 \(width) 32"), .set(.preserveAspectRatio, "none"),
                .set(.role, "img"), .set(.label, label),
            ]
        ) {
            HTML(.path, [.class("base"), .set(.d, "M0 31.5h\(width)v.5H0z")])
            HTML(.path, [.class("bars"), .set(.d, path)])
        }
    }
}
