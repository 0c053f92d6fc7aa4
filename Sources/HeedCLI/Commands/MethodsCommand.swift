import ArgumentParser
import Heed

struct MethodsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "methods",
        abstract: "List the catalogue: every method, where it comes from and what it claims.")

    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        if output.json {
            try printJSON(
                Catalogue.all.map {
                    MethodJSON(
                        id: $0.id, module: $0.module, summary: $0.summary, paper: $0.paper,
                        claim: $0.experiment.claim,
                        baseline: $0.experiment.baseline)
                })
            return
        }
        var table = TextTable(columns: [
            TextTable.Column("id", minimum: 20), TextTable.Column("module", importance: 4),
            TextTable.Column("what"),
            TextTable.Column("from", importance: 2),
        ])
        for entry in Catalogue.all {
            table.rows.append([
                .text(entry.id), .text(entry.module), .text(entry.summary), .text(entry.paper),
            ])
        }
        try output.print(table)
        if output.isTable { try Console.out("heed try ID runs a method's claim.") }
    }
}

struct MethodJSON: Encodable {
    var id: String
    var module: String
    var summary: String
    var paper: String
    var claim: String
    var baseline: String
}
