import Foundation
import Testing

@Suite struct StoreCommandTests {
    @Test func importingTwiceChangesNothing() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        let first = try folder.heed("import", "b.csv", "--json").json()
        #expect(Set(first.keys) == ["store", "space", "files", "ledger"])
        #expect(first["store"] as? String == "heed.db")
        let again = try folder.heed("import", "b.csv", "--json").json()
        for (object, relation, received) in [(first, "new", 600), (again, "known", 0)] {
            let file = try #require((object["files"] as? [[String: Any]])?.first)
            #expect(Set(file.keys) == ["file", "relation", "added"])
            #expect(file["relation"] as? String == relation)
            #expect((file["added"] as? [String: Any])?["received"] as? Int == received)
            let ledger = try #require(object["ledger"] as? [String: Any])
            #expect(Set(ledger.keys) == ["received", "kept", "pending", "refused", "removed"])
            #expect(ledger["received"] as? Int == 600 && ledger["kept"] as? Int == 600)
        }
        // Under another name, packed: still the same.
        try folder.write(try Gzip.stored(Samples.battles()), "other.gz")
        let packed = try folder.heed("import", "other.gz")
        #expect(packed.code == 0 && packed.text.contains("already here"))
    }

    @Test func aStoreRanksLikeTheFile() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        #expect(try folder.heed("import", "b.csv", "--db", "s.db").code == 0)
        for options in [["--csv"], ["--csv", "--by", "country"], ["--csv", "--model", "judges"]] {
            let file = try HeedProcess.run(["rank", "b.csv"] + options, in: folder)
            let store = try HeedProcess.run(["rank", "s.db"] + options, in: folder)
            #expect(store.code == 0 && store.out == file.out)
        }
        let audit = try folder.heed("audit", "s.db", "--json")
        #expect(try audit.code == 0 && audit.out == folder.heed("audit", "b.csv", "--json").out)
    }

    @Test func badLinesGoIntoTheLedger() throws {
        let folder = try Scratch()
        try folder.write(BadInputCommandTests.bad, "bad.csv")
        let refused = try folder.heed("import", "bad.csv")
        #expect(refused.code == 65 && refused.error.contains("bad.csv:3:5"))
        let object = try folder.heed("import", "bad.csv", "--skip-bad", "--json").json()
        let ledger = try #require(object["ledger"] as? [String: Any])
        #expect(ledger["received"] as? Int == 4 && ledger["kept"] as? Int == 2)
        #expect((ledger["refused"] as? [String: Int]) == ["malformed": 2])
    }

    @Test func exportsReadBackTheSame() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        try folder.write(Samples.ballots, "ballots.csv")
        let events = try folder.heed("export", "b.csv", "ballots.csv")
        #expect(events.code == 0)
        #expect(events.text.split(separator: "\n").count == 603)
        try folder.write(events.text, "events.jsonl")
        #expect(try folder.heed("export", "events.jsonl").out == events.out)
        #expect(try folder.heed("import", "events.jsonl").code == 0)
        #expect(try folder.heed("export", "heed.db").out == events.out)

        let ranked = try folder.heed("rank", "b.csv", "--csv").out
        for (format, file) in [
            ("events", "e.jsonl.gz"), ("comparisons", "c.csv"), ("comparisons", "c.csv.gz"),
        ] {
            let run = try folder.heed("export", "b.csv", "--as", format, "--to", file)
            #expect(run.code == 0 && run.out.isEmpty && run.error.contains("Wrote 600 events"))
            #expect(try folder.heed("rank", file, "--csv").out == ranked, "\(file)")
        }
    }

    @Test func exportRefusesWhatAFormatCannotCarry() throws {
        let folder = try Scratch()
        try folder.write(Samples.ballots, "ballots.csv")
        let run = try folder.heed("export", "ballots.csv", "--as", "comparisons", "--to", "out.csv")
        #expect(run.code != 0 && run.error.contains("ranking") && !folder.exists("out.csv"))
        #expect(try folder.heed("export", "ballots.csv", "--as", "nosuch").code == 64)
    }

    @Test func aFileThatIsNoStoreIsLeftAlone() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        try folder.write("not a store", "notes.db")
        let run = try folder.heed("import", "b.csv", "--db", "notes.db")
        #expect(run.code == 65 && run.out.isEmpty)
        #expect(try folder.read("notes.db") == "not a store")
    }
}
