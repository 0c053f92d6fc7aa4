import Foundation
import Testing

@Suite struct OtherCommandTests {
    @Test func audit() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        let object = try folder.heed("audit", "b.csv", "--json").json()
        #expect(
            Set(object.keys) == ["format", "verdict", "summary", "counts", "findings", "sections", "judges"])
        #expect(object["format"] as? String == "heed-audit/1")
        #expect((object["counts"] as? [String: Int]) == ["comparison": 600])
        let findings = try #require(object["findings"] as? [[String: Any]])
        #expect(
            findings.allSatisfy {
                Set($0.keys) == ["id", "severity", "title", "found", "advice", "evidence", "judges", "items"]
            })
        #expect(findings.contains { $0["id"] as? String == "counts" })
        let text = try folder.heed("audit", "b.csv")
        #expect(text.code == 0 && text.text.hasPrefix("Verdict: "))
        #expect(
            Table.rows(try folder.heed("audit", "b.csv", "--csv").text)[0] == [
                "severity", "id", "title", "found", "advice",
            ])
        let runs = try ["1", "2", "8"].map {
            try folder.heed("audit", "b.csv", "--json", environment: ["HEED_THREADS": $0]).out
        }
        #expect(Set(runs).count == 1)
    }

    @Test func next() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        let object = try folder.heed("next", "b.csv", "--count", "5", "--json").json()
        #expect(Set(object.keys) == ["comparisons", "stopping", "savings"])
        let proposals = try #require(object["comparisons"] as? [[String: Any]])
        #expect(proposals.count == 5)
        for proposal in proposals {
            #expect(Set(proposal.keys) == ["left", "right", "bits", "win", "tie", "loss", "reason"])
            #expect(proposal["left"] as? String != proposal["right"] as? String)
            let sum = ["win", "tie", "loss"].compactMap { proposal[$0] as? Double }.reduce(0, +)
            #expect(abs(sum - 1) < 1e-9)
            #expect(try #require(proposal["bits"] as? Double) > 0)
        }
        let stopping = try #require(object["stopping"] as? [String: Any])
        #expect(Set(stopping.keys).isSuperset(of: ["stop", "settled", "questions", "sentence"]))
        #expect(try folder.heed("next", "b.csv", "--no-savings", "--json").json()["savings"] == nil)
        let best = try folder.heed("next", "b.csv", "--goal", "best", "--no-savings", "--count", "3", "--csv")
        #expect(best.code == 0 && Table.rows(best.text)[0].prefix(2) == ["left", "right"])
    }

    @Test(arguments: ["hierarchical", "dawid-skene", "one-coin", "majority"])
    func labels(method: String) throws {
        let folder = try Scratch()
        try folder.write(Samples.labels, "labels.csv")
        let object = try folder.heed("labels", "labels.csv", "--method", method, "--json").json()
        #expect(
            Set(object.keys).subtracting(["noise"])
                == ["method", "converged", "identified", "notes", "tasks", "workers"])
        #expect(object["method"] as? String == method)
        let tasks = try #require(object["tasks"] as? [[String: Any]])
        #expect(tasks.map { $0["task"] as? String } == ["t1", "t2", "t3"])
        #expect(tasks.map { $0["label"] as? String } == ["cat", "dog", "cat"])
        #expect(tasks[0]["gold"] as? String == "cat" && tasks[1]["gold"] == nil)
        #expect((object["workers"] as? [Any])?.count == 3)
        let workers = try folder.heed("labels", "labels.csv", "--method", method, "--workers", "--csv")
        #expect(workers.code == 0 && Table.rows(workers.text)[0][0] == "worker")
    }

    @Test func tally() throws {
        let folder = try Scratch()
        try folder.write(Samples.ballots, "ballots.csv")
        let object = try folder.heed("tally", "ballots.csv", "--json").json()
        #expect(Set(object.keys) == ["winner", "items", "rounds"])
        // c has the fewest first places; its ballots go to b.
        #expect(object["winner"] as? String == "b")
        let items = try #require(object["items"] as? [[String: Any]])
        #expect(items.map { $0["item"] as? String } == ["b", "a", "c"])
        let rounds = try #require(object["rounds"] as? [[String: Any]])
        #expect(rounds[0]["struck"] as? String == "c")
        #expect((rounds[0]["votes"] as? [String: Double]) == ["a": 5, "b": 4, "c": 3])
        #expect((rounds[1]["votes"] as? [String: Double]) == ["a": 5, "b": 7])
    }

    @Test func methodsAndTry() throws {
        let folder = try Scratch()
        let list = try folder.heed("methods", "--json")
        let methods = try #require(JSONSerialization.jsonObject(with: list.out) as? [[String: Any]])
        #expect(methods.count >= 15)
        for method in methods {
            #expect(Set(method.keys) == ["id", "module", "summary", "paper", "claim", "baseline"])
        }
        #expect(Set(methods.map { $0["id"] as? String }).count == methods.count)

        let run = try folder.heed("try", "davidson", "--quick", "--json")
        #expect(run.code == 0)
        let results = try #require(JSONSerialization.jsonObject(with: run.out) as? [[String: Any]])
        #expect(results.count == 1 && results[0]["holds"] as? Bool == true)
        #expect(
            Set(results[0].keys) == [
                "id", "claim", "baseline", "holds", "verdict", "seconds", "columns", "rows",
            ])
        let table = try folder.heed("try", "davidson", "--quick")
        #expect(table.code == 0 && table.text.contains("The claim holds"))
    }

    @Test func demoWritesItsFiles() throws {
        let folder = try Scratch()
        let run = try folder.heed("demo", "--folder", "town")
        #expect(run.code == 0)
        #expect(run.text.contains("town/report.html"))
        let events = try folder.read("town/town.jsonl").split(separator: "\n")
        #expect(events.count > 1000 && events.allSatisfy { $0.hasPrefix("{\"kind\":\"comparison\"") })
        let truth = Table.rows(try folder.read("town/truth.csv"))
        #expect(truth.count == 13 && truth.allSatisfy { $0.count == 2 })
        #expect(truth.dropFirst().allSatisfy { Double($0.last ?? "") != nil })
        Page.expectSelfContained(try folder.read("town/report.html"))
        // What the demo shows is what the command gives on its file.
        let rank = try folder.heed("rank", "town/town.jsonl", "--quiet")
        #expect(rank.code == 0)
        let top = rank.text.split(separator: "\n").dropFirst(3).prefix(12)
        #expect(top.allSatisfy { run.text.contains($0) })
    }

    @Test func helpVersionAndCompletions() throws {
        let folder = try Scratch()
        let version = try folder.heed("--version")
        #expect(version.code == 0 && version.text.contains("0.1"))
        let commands = [
            "rank", "audit", "next", "labels", "tally", "import", "export", "methods", "try", "demo",
        ]
        let help = try folder.heed("--help")
        #expect(help.code == 0 && commands.allSatisfy { help.text.contains("  \($0)") })
        for command in commands {
            let run = try folder.heed(command, "--help")
            #expect(run.code == 0 && run.text.contains("USAGE: heed \(command)"))
        }
        for shell in ["bash", "zsh", "fish"] {
            let run = try folder.heed("--generate-completion-script", shell)
            #expect(run.code == 0 && run.text.contains("rank") && run.text.contains("skip-bad"))
        }
    }
}
