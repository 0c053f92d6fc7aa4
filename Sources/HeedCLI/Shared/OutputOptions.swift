import ArgumentParser
import Foundation
import Heed

/// How a result is printed.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON (see docs/cli.md).")
    var json = false

    @Flag(name: .long, help: "Print CSV.")
    var csv = false

    @Flag(name: .shortAndLong, help: "Say nothing on standard error but errors.")
    var quiet = false

    func validate() throws {
        if json, csv { throw ValidationError("Choose one of --json and --csv.") }
    }

    /// Whether a table for people is printed.
    var isTable: Bool { !json && !csv }

    /// What the terminal can show.
    var terminal: TerminalInfo { TerminalInfo.detect() }

    /// Prints a table in the way that was asked for.
    func print(_ table: TextTable) throws {
        if csv {
            try Console.out(table.csv())
        } else {
            try Console.out(table.text(terminal))
        }
    }
}

/// Numbers as JSON has them: what is not a number, or infinite, is null.
func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }

/// Prints a value as JSON, keys sorted, so that the same result is the same text.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try Console.out(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// The decimals that show four digits of the largest of some numbers.
func fourDigits(_ values: [Double]) -> Int {
    let largest = values.map(abs).filter(\.isFinite).max() ?? 0
    return largest > 0 ? min(9, max(0, 3 - Int(log10(largest).rounded(.down)))) : 4
}
