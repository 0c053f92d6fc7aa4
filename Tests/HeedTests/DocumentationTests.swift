import Foundation
import Testing

/// What the documents promise, held against what the command does.
@Suite struct DocumentationTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func document(_ name: String) throws -> String {
        try String(contentsOf: Self.root.appendingPathComponent(name), encoding: .utf8)
    }

    /// All keys of a JSON value, without those below `free`, whose keys are names in the data.
    private func keys(_ value: Any, free: Set<String>) -> Set<String> {
        if let list = value as? [Any] { return list.reduce(into: []) { $0.formUnion(keys($1, free: free)) } }
        guard let object = value as? [String: Any] else { return [] }
        return object.reduce(into: []) { found, entry in
            found.insert(entry.key)
            if !free.contains(entry.key) { found.formUnion(keys(entry.value, free: free)) }
        }
    }

    @Test func everyFieldIsDescribed() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        try folder.write(Samples.ballots, "ballots.csv")
        try folder.write(Samples.labels, "labels.csv")
        try folder.write(Samples.decisions, "log.csv")
        try folder.write(Samples.things, "things.csv")
        try folder.write(Samples.thingPairs, "pairs.csv")
        let text = try document("docs/cli.md")
        for command in [
            "rank b.csv", "rank b.csv --model judges", "rank b.csv --by country", "rank ballots.csv",
            "next b.csv", "import b.csv --db c.db", "backup c.db d.db", "restore d.db e.db",
            "erase e.db --judge j1 --yes", "prune e.db --older-than 1d",
            "labels labels.csv", "tally ballots.csv", "import b.csv", "methods", "try davidson --quick",
            "ope log.csv --policy uniform --anytime", "simulate log.csv --mode fitted --runs 2 --rounds 50",
            "simulate log.csv --mode progressive --runs 1",
            "train pairs.csv --items things.csv --compare",
            "train pairs.csv --items things.csv --method opinpref-rm --save model",
            "score model things.csv", "compare model t0 t1 --items things.csv",
            "explain model t0 t1 --items things.csv --data pairs.csv",
            "tune x=0..1 -n 3 -- echo {x}", "tune x=0..1 --compare -n 2 -- echo 1 {1.x} {2.x} 2",
        ] {
            var words = command.split(separator: " ").map(String.init)
            words.insert("--json", at: 1)
            // Networks are left out: they would take their time, and say nothing in other words.
            let run = try HeedProcess.run(words, in: folder, environment: ["HEED_TORCH": "none"])
            #expect(run.code == 0, "\(command): \(run.error)")
            let object = try JSONSerialization.jsonObject(with: run.out)
            let free: Set = ["votes", "refused", "removed", "settings", "recommendation", "skipped"]
            for key in keys(object, free: free).sorted() {
                let isDescribed = text.contains("`\(key)`")
                #expect(isDescribed, "docs/cli.md does not describe \(key) of heed \(command)")
            }
        }
        let audit = try document("docs/audit.md")
        let object = try folder.heed("audit", "b.csv", "--json").json()
        for key in keys(object, free: ["counts", "evidence"]) {
            let isDescribed = audit.contains("`\(key)`")
            #expect(isDescribed, "docs/audit.md does not describe \(key)")
        }
    }

    @Test func everyOptionAndModelIsDescribed() throws {
        let folder = try Scratch()
        let text = try document("docs/cli.md")
        for command in [
            "rank", "audit", "next", "labels", "tally", "train", "score", "compare", "explain", "ope",
            "simulate", "tune", "import", "export",
            "serve", "backup", "restore", "erase", "prune", "methods", "try", "demo",
        ] {
            #expect(text.contains("## heed \(command)\n"))
            let help = try folder.heed(command, "--help").text
            for word in help.split(whereSeparator: { $0 == " " || $0 == "\n" || $0 == "," }) {
                let option = word.prefix { $0 == "-" || $0.isLetter }
                guard option.hasPrefix("--"), option.count > 3 else { continue }
                if option == "--version" || option == "--help" { continue }
                let isDescribed = text.contains(option)
                #expect(isDescribed, "docs/cli.md does not describe \(option) of heed \(command)")
            }
        }
        let wrong = try folder.heed("rank", "b.csv", "--model", "nosuch").error
        let known = try #require(
            wrong.components(separatedBy: "Known: ").last?.components(separatedBy: ".").first)
        for model in known.components(separatedBy: ", ") {
            let isDescribed = text.contains("| `\(model)` |")
            #expect(isDescribed, "docs/cli.md does not describe the model \(model)")
        }
    }

    @Test func linksLeadSomewhere() throws {
        let pattern = try Regex(#"\]\(([^)#:]+)(#[^)]*)?\)"#)
        for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/cli.md"] {
            let folder = Self.root.appendingPathComponent(name).deletingLastPathComponent()
            for match in try document(name).matches(of: pattern) {
                guard let path = match.output[1].substring else { continue }
                let target = folder.appendingPathComponent(String(path)).path
                #expect(FileManager.default.fileExists(atPath: target), "\(name) links to \(path)")
            }
        }
    }
}
