import Foundation
import Testing

@Suite struct TerminalCommandTests {
    @Test func hostileNamesPassThroughUnharmed() throws {
        let folder = try Scratch()
        try folder.write(Samples.hostile, "hostile.csv")
        let names = Set(Samples.hostileNames)
        let object = try folder.heed("rank", "hostile.csv", "--json").json()
        let items = try #require(object["items"] as? [[String: Any]])
        #expect(Set(items.compactMap { $0["item"] as? String }) == names)
        let rows = Table.rows(try folder.heed("rank", "hostile.csv", "--csv").text)
        #expect(Set(rows.dropFirst().map { $0[0] }).subtracting([""]) == names)
        #expect(
            try folder.heed("export", "hostile.csv", "--as", "comparisons", "--to", "again.csv").code == 0)
        #expect(
            try folder.heed("rank", "again.csv", "--csv").out
                == folder.heed("rank", "hostile.csv", "--csv").out)
    }

    @Test func hostileNamesDoNoHarmOnATerminalOrAPage() throws {
        let folder = try Scratch()
        try folder.write(Samples.hostile, "hostile.csv")
        for command in ["rank", "audit", "next"] {
            let run = try folder.heed(command, "hostile.csv")
            #expect(run.code == 0)
            #expect(!run.out.contains(0x1B), "\(command) passes control characters on")
            #expect(!run.text.contains("two\nlines"))
        }
        let run = try folder.heed("rank", "hostile.csv", "--html", "out.html")
        #expect(run.code == 0)
        let html = try folder.read("out.html")
        Page.expectSelfContained(html)
        #expect(html.contains("&lt;script&gt;") && html.contains("👩‍👩‍👧") && html.contains("שלום"))
        #expect(!html.utf8.contains(0x1B))
    }

    @Test func namesAreComparedByBytes() throws {
        let folder = try Scratch()
        let text = "left,right,winner\ncaf\u{E9},cafe\u{301},left\ncafe\u{301},caf\u{E9},left\n"
        let object = try folder.heed("rank", "-", "--json", input: text).json()
        #expect((object["items"] as? [Any])?.count == 2)
    }

    @Test func aReaderMayStopEarly() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(Samples.battleLines(20_000, items: 900)), "many.csv")
        for command in [
            "rank many.csv --csv --no-checks", "rank many.csv --json --no-checks",
            "rank many.csv --no-checks --quiet",
            "export many.csv", "export many.csv --as comparisons",
        ] {
            let run = try HeedProcess.shell("\"$HEED\" \(command) 2>errors | head -n 1", in: folder)
            #expect(run.code == 0 && !run.out.isEmpty)
            #expect(run.text.split(separator: "\n").count == 1)
            let errors = try folder.read("errors").split(separator: "\n").filter {
                !$0.hasPrefix("many.csv: comparisons")
            }
            #expect(errors.isEmpty, "\(command): \(errors)")
        }
    }

    #if os(Linux)
        @Test(arguments: [
            "rank b.csv", "rank b.csv --json", "audit b.csv", "next b.csv", "export b.csv", "methods",
        ])
        func aFullDiskIsReported(command: String) throws {
            let folder = try Scratch()
            try folder.write(Samples.battles(), "b.csv")
            let run = try HeedProcess.shell("\"$HEED\" \(command) > /dev/full", in: folder)
            #expect(run.code == 74, "\(command): \(run.error.prefix(200))")
        }
    #endif

    @Test func colourIsForTerminals() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        #expect(try !folder.heed("rank", "b.csv").out.contains(0x1B))
        let forced = try folder.heed("rank", "b.csv", environment: ["FORCE_COLOR": "1"])
        #expect(forced.out.contains(0x1B))
        let none = try folder.heed("rank", "b.csv", environment: ["FORCE_COLOR": "1", "NO_COLOR": "1"])
        #expect(!none.out.contains(0x1B))
    }

    @Test(arguments: [40, 60, 80, 120])
    func tablesFitTheTerminal(width: Int) throws {
        let folder = try Scratch()
        let long = Samples.battles().replacingOccurrences(
            of: "item3", with: "a model with a name that goes on and on and on until nobody reads it any more"
        )
        try folder.write(long, "b.csv")
        let run = try folder.heed("rank", "b.csv", "--quiet", environment: ["COLUMNS": "\(width)"])
        #expect(run.code == 0)
        let table = run.text.components(separatedBy: "\n").filter {
            $0.contains("──") || $0.contains("item0")
        }
        #expect(!table.isEmpty && table.allSatisfy { $0.count <= width })
    }

    @Test func quietIsQuiet() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        let run = try folder.heed("rank", "b.csv", "--quiet", "--html", "out.html")
        #expect(run.code == 0 && run.error.isEmpty && folder.exists("out.html"))
        let loud = try folder.heed("rank", "b.csv")
        #expect(loud.error.hasPrefix("b.csv: comparisons"))
    }
}
