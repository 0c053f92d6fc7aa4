import Foundation
import Testing

@Suite struct BadInputCommandTests {
    static let bad = "left,right,winner\na,b,left\na,b,who\nb,a,left\nc,d\n"

    @Test func badLinesAreNamedAndNothingIsComputed() throws {
        let folder = try Scratch()
        try folder.write(Self.bad, "bad.csv")
        for command in ["rank", "audit", "next", "export"] {
            let run = try folder.heed(command, "bad.csv")
            #expect(run.code == 65, "\(command)")
            #expect(run.out.isEmpty)
            #expect(run.error.contains("bad.csv:3:5: winner is \"who\""))
            #expect(run.error.contains("bad.csv:5"))
            #expect(run.error.contains("--skip-bad"))
        }
    }

    @Test func badLinesCanBeSkipped() throws {
        let folder = try Scratch()
        try folder.write(Self.bad, "bad.csv")
        let run = try folder.heed("rank", "bad.csv", "--skip-bad", "--csv", "--no-checks")
        #expect(run.code == 0)
        #expect(Table.rows(run.text).count == 3)
        let rejected = Table.rows(try folder.read("bad.csv.rejected")).filter { $0 != [""] }
        #expect(rejected.count == 3)
        #expect(rejected[0] == ["line", "column", "field", "value", "reason", "text"])
        #expect(rejected[1].prefix(4) == ["3", "5", "winner", "who"] && rejected[1].last == "a,b,who")
        #expect(rejected[2].first == "5" && rejected[2].last == "c,d")
    }

    @Test func filesWrittenAsCSVHaveNoEmptyLines() throws {
        let folder = try Scratch()
        try folder.write(Self.bad, "bad.csv")
        let run = try folder.heed("rank", "bad.csv", "--skip-bad", "--csv", "--no-checks")
        for text in [run.text, try folder.read("bad.csv.rejected")] {
            #expect(!Table.rows(text).contains([""]))
        }
    }

    @Test func wrongKindsSayWhatTheyAre() throws {
        let folder = try Scratch()
        let png: [UInt8] = [
            0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52,
        ]
        try folder.write(png, "picture.csv")
        let picture = try folder.heed("rank", "picture.csv")
        #expect(picture.code == 65 && picture.out.isEmpty && picture.error.contains("PNG"))

        try folder.write("", "empty.csv")
        let empty = try folder.heed("rank", "empty.csv")
        #expect(empty.code == 65 && empty.out.isEmpty && empty.error.contains("empty"))

        let nothing = try folder.heed("rank", "-")
        #expect(nothing.code == 65 && nothing.out.isEmpty)

        try folder.write("left,right,winner\n", "header.csv")
        let header = try folder.heed("rank", "header.csv")
        #expect(header.code == 65 && header.out.isEmpty)

        let page = try folder.heed("rank", "-", input: "<!DOCTYPE html><html><body>404</body></html>\n")
        #expect(page.code == 65 && page.out.isEmpty)
    }

    @Test func filesThatCannotBeRead() throws {
        let folder = try Scratch()
        for command in ["rank", "audit", "next", "labels", "tally", "export", "import"] {
            let run = try folder.heed(command, "nowhere.csv")
            #expect(run.code == 66, "\(command): \(run.error)")
            #expect(run.out.isEmpty && run.error.contains("nowhere.csv"))
        }
        #expect(try folder.heed("rank", ".").code == 66)
    }

    @Test func aTornGzipIsRefused() throws {
        let folder = try Scratch()
        let whole = try Gzip.stored(Samples.battles())
        try folder.write(Array(whole.prefix(whole.count / 2)), "torn.csv.gz")
        let run = try folder.heed("rank", "torn.csv.gz")
        #expect(run.code != 0 && run.out.isEmpty)
    }

    @Test func wrongUseSaysWhatIsRight() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        let model = try folder.heed("rank", "b.csv", "--model", "nosuch")
        #expect(model.code == 64 && model.out.isEmpty)
        for known in ["automatic", "bradley-terry", "davidson", "plackett-luce", "elo", "time-decay"] {
            #expect(model.error.contains(known))
        }
        let wrong: [[String]] = [
            [], ["--confidence", "2"], ["--prior", "x"], ["--bootstrap", "3"], ["--half-life", "0"],
            ["--cluster", "x"], ["--format", "x"], ["--map", "left"], ["--where", "x"], ["--json", "--csv"],
            ["--covariate", "x:y"], ["--nosuch"],
        ]
        for options in wrong {
            let run = try HeedProcess.run(["rank"] + (options.isEmpty ? [] : ["b.csv"] + options), in: folder)
            #expect(run.code == 64, "\(options): \(run.error)")
            #expect(run.out.isEmpty)
        }
        #expect(try folder.heed("frobnicate").code == 64)
        #expect(try folder.heed("try", "nosuch").code == 64)
        #expect(try folder.heed("next", "b.csv", "--goal", "top:0").code == 64)
        #expect(try folder.heed("labels", "b.csv", "--method", "nosuch").code == 64)
    }

    @Test func theWrongCommandForTheDataSaysWhichIsRight() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        for command in ["labels", "tally"] {
            let run = try folder.heed(command, "b.csv")
            #expect(run.code == 65 && run.out.isEmpty && run.error.contains("heed rank"))
        }
        let luce = try folder.heed("rank", "b.csv", "--model", "plackett-luce")
        #expect(luce.code == 0 || luce.code == 65)
        let rating = try folder.heed("rank", "b.csv", "--model", "rating-scale")
        #expect(rating.code == 65 && rating.out.isEmpty && rating.error.contains("600 comparisons"))
    }
}
