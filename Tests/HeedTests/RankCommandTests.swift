import Foundation
import Testing

@Suite struct RankCommandTests {
    @Test func everyWayInGivesTheSameRanking() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        try folder.write(Samples.battles().replacingOccurrences(of: ",", with: "\t"), "b.tsv")
        try folder.write(Samples.events(), "b.jsonl")
        try folder.write(try Gzip.stored(Samples.battles()), "b.csv.gz")
        let expected = try folder.heed("rank", "b.csv", "--csv")
        #expect(expected.code == 0)
        #expect(expected.text.hasPrefix("item,score,lower,upper,rank,rankLower,rankUpper,comparisons,"))
        for file in ["b.tsv", "b.jsonl", "b.csv.gz"] {
            let run = try folder.heed("rank", file, "--csv")
            #expect(run.code == 0 && run.out == expected.out, "\(file): \(run.error)")
        }
        let piped = try folder.heed("rank", "-", "--csv", input: Samples.battles())
        #expect(piped.code == 0 && piped.out == expected.out)
    }

    @Test func filesAndStandardInputAddUp() throws {
        let folder = try Scratch()
        let lines = Samples.battleLines()
        try folder.write(Samples.battles(lines), "all.csv")
        try folder.write(Samples.battles(Array(lines.prefix(350))), "some.csv")
        let rest = Samples.battles(Array(lines.dropFirst(350)))
        let whole = try folder.heed("rank", "all.csv", "--csv")
        let parts = try folder.heed("rank", "some.csv", "-", "--csv", input: rest)
        #expect(parts.code == 0 && parts.out == whole.out)
    }

    @Test func jsonKeepsItsPromise() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        let run = try folder.heed("rank", "b.csv", "--json")
        #expect(run.code == 0)
        #expect(run.error.isEmpty, "JSON output says nothing on standard error: \(run.error)")
        let object = try run.json()
        #expect(
            Set(object.keys) == [
                "model", "items", "parameters", "judges", "certificate", "intervals", "logLikelihood",
                "observations",
                "checks", "sources", "notes",
            ])
        #expect(object["model"] as? String == "davidson")
        let items = try #require(object["items"] as? [[String: Any]])
        #expect(items.count == 8)
        let promised: Set = [
            "item", "score", "lower", "upper", "rank", "rankLower", "rankUpper", "comparisons",
        ]
        let more: Set = ["standardError", "open", "part", "comparisonsToNext"]
        for item in items {
            #expect(promised.isSubset(of: Set(item.keys)))
            #expect(Set(item.keys).subtracting(promised).isSubset(of: more))
        }
        let scores = items.compactMap { $0["score"] as? Double }
        #expect(abs(scores.reduce(0, +)) < 1e-9)
        #expect(scores == scores.sorted(by: >))
        #expect(items.compactMap { $0["rank"] as? Int } == Array(1...8))
        #expect(items.first?["item"] as? String == "item0")
        for item in items {
            let score = try #require(item["score"] as? Double)
            #expect(
                try #require(item["lower"] as? Double) < score && score < #require(item["upper"] as? Double))
            let rank = try #require(item["rank"] as? Int)
            #expect(
                try #require(item["rankLower"] as? Int) <= rank && rank <= #require(item["rankUpper"] as? Int)
            )
        }
        let seen = items.compactMap { $0["comparisons"] as? Double }
        #expect(seen.reduce(0, +) == 1200)
    }

    @Test(arguments: ["automatic", "bradley-terry", "judges", "elo"])
    func threadsDoNotChangeABit(model: String) throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        let runs = try ["1", "2", "8"].map {
            try folder.heed(
                "rank", "b.csv", "--json", "--model", model, "--bootstrap", "40",
                environment: ["HEED_THREADS": $0])
        }
        #expect(runs.allSatisfy { $0.code == 0 })
        #expect(Set(runs.map(\.out)).count == 1)
    }

    @Test func orderOfLinesDoesNotMatter() throws {
        let folder = try Scratch(), lines = Samples.battleLines()
        try folder.write(Samples.battles(lines), "b.csv")
        let first = try folder.heed("rank", "b.csv", "--json").json()
        let table = try folder.heed("rank", "b.csv", "--quiet")
        for seed: UInt64 in [3, 4] {
            try folder.write(Samples.battles(Samples.shuffled(lines, seed: seed)), "b.csv")
            #expect(try folder.heed("rank", "b.csv", "--quiet").out == table.out)
            let other = try folder.heed("rank", "b.csv", "--json").json()
            let a = try #require(first["items"] as? [[String: Any]])
            let b = try #require(other["items"] as? [[String: Any]])
            for (x, y) in zip(a, b) {
                for key in ["item", "rank", "rankLower", "rankUpper", "comparisons"] {
                    #expect("\(x[key] ?? "")" == "\(y[key] ?? "")")
                }
                for key in ["score", "lower", "upper"] {
                    let u = try #require(x[key] as? Double), v = try #require(y[key] as? Double)
                    #expect(abs(u - v) < 1e-9)
                }
            }
        }
    }

    @Test func csvIsOneLineForEachItem() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        let run = try folder.heed("rank", "b.csv", "--csv")
        let rows = Table.rows(run.text)
        #expect(rows.count == 9)
        #expect(rows.allSatisfy { $0.count == rows[0].count })
        #expect(rows.dropFirst().first?.first == "item0")
    }

    @Test func groupsAreRankedApart() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        let object = try folder.heed("rank", "b.csv", "--by", "country", "--json").json()
        #expect(Set(object.keys) == ["by", "groups", "failed"])
        let groups = try #require(object["groups"] as? [[String: Any]])
        #expect(groups.map { $0["group"] as? String } == ["BE", "NL"])
        for group in groups {
            let ranking = try #require(group["ranking"] as? [String: Any])
            #expect((ranking["items"] as? [Any])?.count == 8)
        }
        let rows = Table.rows(try folder.heed("rank", "b.csv", "--by", "country", "--csv").text)
        #expect(rows[0].first == "country" && rows.count == 17)
        let unknown = try folder.heed("rank", "b.csv", "--by", "contry")
        #expect(unknown.code == 64 && unknown.out.isEmpty && unknown.error.contains("country"))
    }

    @Test func aGroupIsWhatItsOwnLinesSay() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        let only = try folder.heed("rank", "b.csv", "--where", "country=NL", "--csv")
        #expect(only.code == 0)
        try folder.write(Samples.battles(Samples.battleLines().filter { $0.hasSuffix("NL") }), "nl.csv")
        #expect(try folder.heed("rank", "nl.csv", "--csv").out == only.out)
        let unknown = try folder.heed("rank", "b.csv", "--where", "land=NL")
        #expect(unknown.code == 65 && unknown.out.isEmpty && unknown.error.contains("country"))
    }

    @Test func columnsWithOtherNamesAreMapped() throws {
        let folder = try Scratch()
        let lines = Samples.battleLines()
        try folder.write((["x,y,won,who,land"] + lines).joined(separator: "\n") + "\n", "b.csv")
        let refused = try folder.heed("rank", "b.csv")
        #expect(refused.code == 65 && refused.out.isEmpty && refused.error.contains("--map"))
        let run = try folder.heed(
            "rank", "b.csv", "--map", "left=x,right=y,winner=won,judge=who,group.country=land", "--csv")
        try folder.write(Samples.battles(lines), "plain.csv")
        #expect(try run.code == 0 && run.out == folder.heed("rank", "plain.csv", "--csv").out)
        let absent = try folder.heed("rank", "b.csv", "--map", "left=nowhere,right=y,winner=won")
        #expect(absent.code == 65 && absent.error.contains("nowhere"))
    }

    @Test func reportIsOneFile() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        let run = try folder.heed("rank", "b.csv", "--html", "out.html")
        #expect(run.code == 0 && run.error.contains("Wrote out.html"))
        let html = try folder.read("out.html")
        Page.expectSelfContained(html)
        #expect(html.contains("<svg") && html.contains("item0"))
        let failed = try folder.heed("rank", "b.csv", "--html", "no/such/folder/out.html")
        #expect(failed.code == 74)
    }

    @Test func otherKindsOfFeedback() throws {
        let folder = try Scratch()
        try folder.write(Samples.ballots, "ballots.csv")
        #expect(
            try folder.heed("rank", "ballots.csv", "--json").json()["model"] as? String == "plackett-luce")
        var ratings = "judge,item,rating\n"
        for judge in 0..<8 {
            for item in 0..<4 { ratings += "j\(judge),i\(item),\(1 + (judge + 3 * item) % 5)\n" }
        }
        try folder.write(ratings, "ratings.csv")
        #expect(try folder.heed("rank", "ratings.csv", "--json").json()["model"] as? String == "rating-scale")
        let choices =
            #"{"kind":"choice","chosen":"i0","among":["i0","i1","i2"]}"# + "\n"
            + #"{"kind":"comparison","left":"i1","right":"i2","outcome":"left"}"# + "\n"
        let mixed = try folder.heed("rank", "-", "--json", "--no-checks", input: choices).json()
        #expect(mixed["model"] as? String == "mixed")
    }

    @Test func itemsLeftOutOfTheRankingLeaveScoresOfMeanZero() throws {
        let folder = try Scratch()
        try folder.write(Samples.battles(), "b.csv")
        let all = try folder.heed("rank", "b.csv", "--json", "--no-checks").json()
        let counts = try #require(all["items"] as? [[String: Any]]).compactMap {
            $0["comparisons"] as? Double
        }
        let middle = counts.sorted()[4]
        let some = try folder.heed("rank", "b.csv", "--json", "--no-checks", "--minimum", "\(middle)").json()
        let items = try #require(some["items"] as? [[String: Any]])
        #expect(items.count == counts.count { $0 >= middle })
        #expect(items.compactMap { $0["rank"] as? Int } == Array(1...items.count))
        #expect(abs(items.compactMap { $0["score"] as? Double }.reduce(0, +)) < 1e-9)
    }

    @Test func partsAreRankedApart() throws {
        let folder = try Scratch()
        let text = "left,right,winner\na,b,left\nb,a,left\na,b,left\nc,d,left\nd,c,left\n"
        let run = try folder.heed("rank", "-", "--json", input: text)
        let object = try run.json()
        let certificate = try #require(object["certificate"] as? [String: Any])
        #expect(certificate["parts"] as? Int == 2)
        let items = try #require(object["items"] as? [[String: Any]])
        #expect(items.map { $0["part"] as? Int } == [1, 1, 2, 2])
        #expect(items.map { $0["rank"] as? Int } == [1, 2, 1, 2])
    }
}
