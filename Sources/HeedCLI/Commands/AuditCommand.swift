import ArgumentParser
import Heed

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Judge the data before anyone models them.",
        discussion: """
            Duplicates and conflicts, agreement, each judge's reliability and speed, position and length bias,
            coverage, label noise; and what to do about each.

            Examples:
              heed audit battles.csv
              heed audit crowd.csv --json
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        let data = try input.read(quiet: output.quiet || !output.isTable)
        let report = try Audit().run(on: data.log)
        if output.json {
            try printJSON(report)
            return
        }
        if output.csv {
            var table = TextTable(
                columns: ["severity", "id", "title", "found", "advice"].map { TextTable.Column($0) })
            for finding in report.findings {
                table.rows.append([
                    .text(finding.severity.rawValue), .text(finding.id), .text(finding.title),
                    .text(finding.found),
                    .text(finding.advice),
                ])
            }
            try output.print(table)
            return
        }
        try Console.out(AuditText.text(report, terminal: output.terminal))
    }
}

/// An audit for a terminal.
enum AuditText {
    static func text(_ report: AuditReport, terminal: TerminalInfo) -> String {
        let width = min(terminal.width ?? 100, 110)
        var lines = [paint("Verdict: " + report.summary, .bold, terminal)]
        let shown = report.findings.filter { $0.severity > .ok }
        for finding in shown.sorted(by: { $0.severity > $1.severity }) {
            lines.append("")
            lines.append(
                paint("\(mark(finding.severity)) \(finding.title)", tone(finding.severity), terminal))
            lines += wrap(finding.found, width: width - 2).map { "  " + $0 }
            if !finding.advice.isEmpty {
                lines += wrap("→ " + finding.advice, width: width - 2).map { "  " + $0 }
            }
        }
        let fine = report.findings.filter { $0.severity == .ok }
        if !fine.isEmpty {
            lines += ["", paint("In order", .bold, terminal)]
            for finding in fine {
                lines += wrap("✓ \(finding.title): \(finding.found)", width: width - 2).map { "  " + $0 }
            }
        }
        let absent = report.sections.compactMap { section in section.absent.map { (section.title, $0) } }
        if !absent.isEmpty {
            lines += ["", paint("Not checked", .bold, terminal)]
            for (title, reason) in absent {
                lines += wrap("· \(title): \(reason)", width: width - 2).map { "  " + $0 }
            }
        }
        return lines.joined(separator: "\n")
    }

    enum Tone: String { case bold = "1", red = "31;1", yellow = "33;1", blue = "34;1" }

    static func paint(_ text: String, _ tone: Tone, _ terminal: TerminalInfo) -> String {
        terminal.colour ? "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m" : text
    }

    private static func mark(_ severity: AuditReport.Severity) -> String {
        switch severity {
        case .serious: "‼ serious:"
        case .warning: "! warning:"
        default: "· note:"
        }
    }

    private static func tone(_ severity: AuditReport.Severity) -> Tone {
        switch severity {
        case .serious: .red
        case .warning: .yellow
        default: .blue
        }
    }

    /// Breaks a sentence at spaces.
    static func wrap(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: true) {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = String(word)
            } else {
                line += (line.isEmpty ? "" : " ") + word
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}
