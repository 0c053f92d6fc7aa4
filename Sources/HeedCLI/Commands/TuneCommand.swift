import ArgumentParser
import Foundation
import Heed

struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract:
            "Find good settings of anything that prints a number, or that people can compare, in few tries.",
        discussion: """
            Settings are written NAME=KIND:
              0..1  log:1e-5..1e-1  int:1..8  logint:1..1024  relu|tanh

            Everything after -- is the command; {NAME} stands for a setting's value. The last number that it prints is the result; where it
            exits with another code than 0 the try has failed. Without a command heed shows each setting and asks.

            Examples:
              heed tune lr=log:1e-5..1e-1 layers=int:1..8 --minimize -- ./train.sh --lr {lr} --layers {layers}
              heed tune x=0..1 y=0..1 --evaluations 40 --parallel 4 --state tune.json -- ./simulate {x} {y}
              heed tune size=8..24 gap=0..2 --compare                               asks which of two is better
              heed tune t=0..1 --compare -- ./judge {1.t} {2.t}                     prints 1, 2, or 0 for a tie
            """)

    @Argument(help: ArgumentHelp("The settings.", valueName: "name=kind"))
    var parameters: [String] = []

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The command.", valueName: "command"))
    var command: [String] = []

    @Option(name: [.long, .customShort("n")], help: "The number of tries, or of comparisons.")
    var evaluations = 30

    @Flag(name: .long, help: "Small numbers are good.")
    var minimize = false

    @Flag(name: .long, help: "Learn from comparisons of two settings only.")
    var compare = false

    @Option(name: .long, help: "How many tries run at once.")
    var parallel = 1

    @Option(name: .long, help: ArgumentHelp("The longest that a try may take.", valueName: "seconds"))
    var timeout: Double?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Keep the search in this file after every try, and go on from it where it exists.",
            valueName: "file"))
    var state: String?

    @Option(name: .long, help: ArgumentHelp("Draw the best result so far, as SVG.", valueName: "file"))
    var chart: String?

    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(name: .long, help: "The seed of everything random.")
    var seed: UInt64 = 1

    func validate() throws {
        if parameters.isEmpty {
            throw ValidationError("Name at least one setting, such as lr=log:1e-5..1e-1.")
        }
        if evaluations < 1 { throw ValidationError("--evaluations takes a positive number.") }
        if parallel < 1 { throw ValidationError("--parallel takes a positive number.") }
        if let timeout, !(timeout > 0) {
            throw ValidationError("--timeout takes a positive number of seconds.")
        }
        if compare, minimize {
            throw ValidationError("--minimize is for numbers; comparisons say which is better.")
        }
        if compare, chart != nil { throw ValidationError("--chart draws numbers, and --compare has none.") }
        if command.isEmpty, parallel > 1 { throw ValidationError("--parallel needs a command.") }
    }

    func run() throws {
        for path in [state, chart].compactMap({ $0 }) { try checkFolder(of: path) }
        let space = try SearchSpace(parsing: parameters)
        let template = try CommandTemplate(command, names: space.parameters.map(\.name), pairs: compare)
        let interrupts = command.isEmpty ? [] : CommandRun.endOnInterrupt()
        defer { interrupts.forEach { $0.cancel() } }
        if compare {
            try TuneByComparison(options: self, space: space, template: template).run()
        } else {
            try TuneByNumber(options: self, space: space, template: template).run()
        }
    }

    /// Says something while the search goes on.
    func tell(_ text: String) {
        if !output.quiet { Console.note(text) }
    }

    /// Asks on the terminal, or whoever writes to standard input; `nil` at its end.
    func ask(_ question: String) -> String? {
        try? FileHandle.standardError.write(contentsOf: Data(question.utf8))
        return readLine()?.trimmingCharacters(in: .whitespaces)
    }
}
