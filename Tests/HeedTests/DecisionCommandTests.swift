import Foundation
import Testing

@Suite struct DecisionCommandTests {
    /// A log of three actions, of which `c` is the best for the old, with or without probabilities.
    private static func log(_ rows: Int, propensities: Bool = true, seed: UInt64 = 7) -> String {
        var lines = [propensities ? "action,reward,propensity,age" : "action,reward,age"]
        var state = seed
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) * 0x1p-53
        }
        for _ in 0..<rows {
            let age = uniform(), draw = uniform()
            let (action, p) = draw < 0.5 ? ("a", 0.5) : draw < 0.8 ? ("b", 0.3) : ("c", 0.2)
            let chance = ["a": 0.2, "b": 0.3, "c": 0.1 + 0.8 * age][action]!
            let reward = uniform() < chance ? 1 : 0
            lines.append("\(action),\(reward)," + (propensities ? "\(p)," : "") + "\(age)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test func simulate() throws {
        let folder = try Scratch()
        try folder.write(Self.log(4000), "log.csv")
        let arguments = [
            "simulate", "log.csv", "--policy", "linucb", "--policy", "thompson", "--policy", "uniform",
            "--mode", "fitted",
            "--runs", "3", "--json",
        ]
        let runs = try ["1", "2"].map { try folder.heed(arguments, environment: ["HEED_THREADS": $0]) }
        #expect(runs[0].code == 0, "\(runs[0].error)")
        #expect(runs[0].out == runs[1].out)
        let object = try runs[0].json()
        #expect(object["mode"] as? String == "fitted" && object["arms"] as? Int == 3)
        let policies = try #require(object["policies"] as? [[String: Any]])
        #expect(policies.map { $0["policy"] as? String } == ["linucb", "thompson", "uniform"])
        let regrets = try policies.map { policy -> Double in
            let points = try #require(policy["regret"] as? [[String: Any]])
            return try #require(points.last?["value"] as? Double)
        }
        #expect(regrets[0] < 0.5 * regrets[2])
        for mode in ["replay", "progressive"] {
            let run = try folder.heed(
                "simulate", "log.csv", "--policy", "ucb1", "--mode", mode, "--runs", "2", "--csv")
            #expect(run.code == 0 && Table.rows(run.text).count == 2, "\(run.error)")
        }
    }

    @Test func aSavedPolicyIsValued() throws {
        let folder = try Scratch()
        try folder.write(Self.log(3000), "log.csv")
        let saved = try folder.heed(
            "simulate", "log.csv", "--policy", "squarecb", "--mode", "progressive", "--runs", "1", "--save",
            "p.json",
            "--chart", "c.svg")
        #expect(saved.code == 0, "\(saved.error)")
        #expect(try folder.read("c.svg").contains("<svg"))
        // On what it learnt from, it gets no verdict; on other decisions it does.
        let own = try folder.heed("ope", "log.csv", "--policy", "p.json", "--json").json()
        let refused = try #require((own["policies"] as? [[String: Any]])?.first)
        #expect(refused["verdict"] as? String == "cannot tell")
        #expect((refused["reason"] as? String)?.contains("has learnt from these decisions") == true)
        try folder.write(Self.log(3000, seed: 99), "other.csv")
        let object = try folder.heed("ope", "other.csv", "--policy", "p.json", "--json").json()
        let policy = try #require((object["policies"] as? [[String: Any]])?.first)
        #expect(policy["verdict"] as? String == "better")
        try folder.write(Self.log(500, seed: 7).replacingOccurrences(of: "age", with: "years"), "renamed.csv")
        let lost = try folder.heed("ope", "renamed.csv", "--policy", "p.json", "--json").json()
        let without = try #require((lost["policies"] as? [[String: Any]])?.first)
        #expect((without["reason"] as? String)?.contains("features that the log does not have: age") == true)
        let estimate = try #require(policy["estimate"] as? [String: Any])
        #expect(estimate["estimator"] as? String == "dr")
        #expect((policy["others"] as? [Any])?.count == 10)
    }

    @Test func verdictsAreEarned() throws {
        let folder = try Scratch()
        try folder.write(Self.log(6000), "log.csv")
        try folder.write(Self.log(6000, propensities: false), "bare.csv")
        try folder.write(Self.log(40), "short.csv")
        func verdict(_ arguments: String...) throws -> (String, [String: Any]) {
            let run = try folder.heed(["ope"] + arguments + ["--json"])
            let policies = try run.json()["policies"] as? [[String: Any]]
            let policy = try #require(policies?.first, "\(run.error)")
            return (try #require(policy["verdict"] as? String), policy)
        }
        #expect(try verdict("log.csv", "--policy", "always:c").0 == "better")
        #expect(try verdict("log.csv", "--policy", "always:a").0 == "worse")
        #expect(try verdict("short.csv", "--policy", "always:c").0 == "cannot tell")
        let (bare, policy) = try verdict("bare.csv", "--policy", "always:c", "--gamma", "2")
        #expect(bare == "cannot tell")
        #expect((policy["propensities"] as? [String: Any])?["source"] as? String == "estimated")
        #expect((policy["whatWouldTell"] as? String)?.contains("propensities") == true)
        let watched =
            try verdict("log.csv", "--policy", "always:c", "--anytime").1["anytime"] as? [String: Any]
        #expect(watched?["verdict"] as? String == "better")
        let twice = try folder.heed("ope", "log.csv", "log.csv", "--policy", "uniform")
        #expect(twice.code == 64 && twice.error.contains("named twice"))
    }

    @Test func unitsOfRewardsDoNotMatter() throws {
        let folder = try Scratch()
        let plain = Self.log(2000)
        try folder.write(plain, "plain.csv")
        let scaled = plain.split(separator: "\n").enumerated().map { place, line in
            place == 0
                ? String(line)
                : line.split(separator: ",").enumerated().map {
                    $0 == 1 ? ($1 == "1" ? "5000" : "-3000") : String($1)
                }
                .joined(separator: ",")
        }
        try folder.write(scaled.joined(separator: "\n") + "\n", "scaled.csv")
        let means = try ["plain.csv", "scaled.csv"].map { file in
            let object = try folder.heed(
                "simulate", file, "--policy", "linucb", "--policy", "squarecb", "--policy", "ucb1", "--mode",
                "progressive", "--runs",
                "1", "--json"
            ).json()
            let policies = try #require(object["policies"] as? [[String: Any]])
            return policies.map { ($0["policy"] as? String ?? "", ($0["meanWeight"] as? Double) ?? 0) }
                .sorted { $0.0 < $1.0 }.map(\.1)
        }
        // The same choices, hence the same weights.
        #expect(means[0] == means[1] && means[0].count == 3)
    }

    @Test func probabilitiesFromAFile() throws {
        let folder = try Scratch()
        try folder.write(Self.log(500), "log.csv")
        let line = "0.2,0.5,0.3\n"
        try folder.write("c,a,b\n" + String(repeating: line, count: 500), "p.csv")
        let object = try folder.heed("ope", "log.csv", "--policy", "p.csv", "--estimator", "ips", "--json")
            .json()
        let policy = try #require((object["policies"] as? [[String: Any]])?.first)
        let value = try #require((policy["estimate"] as? [String: Any])?["value"] as? [String: Any])
        let logging = try #require(policy["logging"] as? [String: Any])
        // These are the log's own probabilities: the estimate is its mean reward.
        #expect(abs((value["value"] as? Double ?? 0) - (logging["value"] as? Double ?? 1)) < 1e-12)
        for (text, place) in [
            ("c,a\n", "p.csv: has 0 lines"), ("c,a,z\n", "p.csv:1"),
            ("c,a,b\n" + String(repeating: line, count: 499) + "0.2,x,0.3\n", "p.csv:501"),
        ] {
            try folder.write(text, "p.csv")
            let run = try folder.heed("ope", "log.csv", "--policy", "p.csv")
            #expect(run.code == 65 && run.error.contains(place), "\(run.error)")
        }
    }

    @Test func wrongUseIsNamed() throws {
        let folder = try Scratch()
        try folder.write(Self.log(100), "log.csv")
        for (arguments, code) in [
            ("ope log.csv --policy always:z", 64), ("ope log.csv --policy nosuch", 64),
            ("ope log.csv --policy none.json", 66), ("ope log.csv --policy uniform --estimator best", 64),
            ("ope none.csv --policy uniform", 66), ("simulate log.csv --policy ucb1:exploration=-2", 64),
            ("simulate log.csv --policy linucb --policy ucb1 --save p.json", 64),
            ("simulate log.csv --rounds 5 --mode replay", 64), ("tune", 64), ("tune x=1..0", 64),
            ("tune x=0..1 -n 2 -- echo", 64), ("tune x=0..1 -n 2 -- echo {x} nan", 70),
            ("tune x=0..1 -n 2 -- false {x}", 70),
        ] {
            let run = try folder.heed(arguments.split(separator: " ").map(String.init))
            #expect(run.code == Int32(code), "heed \(arguments): \(run.code) \(run.error)")
            #expect(!run.error.isEmpty)
        }
    }

    @Test func tuneFindsTheMinimum() throws {
        let folder = try Scratch()
        let script = "awk 'BEGIN { x = ARGV[1]; y = ARGV[2]; print (x - 0.3)^2 + (y - 2)^2 / 9 }' {x} {y}"
        let command = ["sh", "-c", script]
        let all = ["tune", "x=0..1", "y=int:-4..4", "--minimize", "-n", "18", "--json", "--"] + command
        let object = try folder.heed(all).json()
        let found = try #require(object["recommendation"] as? [String: Any])
        #expect(abs((found["x"] as? Double ?? 9) - 0.3) < 0.1 && found["y"] as? Int == 2)
        #expect((object["evaluations"] as? [Any])?.count == 18)
        // Stopped after ten tries and gone on with, it does the same eighteen.
        let first = try folder.heed(
            ["tune", "x=0..1", "y=int:-4..4", "--minimize", "-n", "10", "--state", "s.json", "--json", "--"]
                + command)
        #expect(first.code == 0, "\(first.error)")
        let second = try folder.heed(
            ["tune", "x=0..1", "y=int:-4..4", "--minimize", "-n", "18", "--state", "s.json", "--json", "--"]
                + command)
        #expect(second.out == (try folder.heed(all).out))
        let other = try folder.heed("tune", "z=0..1", "-n", "18", "--state", "s.json", "--", "echo", "{z}")
        #expect(other.code == 64)
    }

    @Test func tuneAsksAndLearnsFromAnswers() throws {
        let folder = try Scratch()
        let run = try folder.heed(["tune", "x=0..1", "-n", "3", "--json"], input: "0.5\nno\nfailed\n2\n")
        #expect(run.code == 0, "\(run.error)")
        let values = (try run.json()["evaluations"] as? [[String: Any]])?.map { $0["value"] as? Double }
        #expect(values == [0.5, nil, 2])
        let duels = try folder.heed(["tune", "x=0..1", "--compare", "-n", "2", "--json"], input: "1\n?\n=\n")
        #expect(try duels.json()["duels"] as? Int == 2)
        let script =
            "awk 'BEGIN { a = ARGV[1] - 0.6; b = ARGV[2] - 0.6; print (a * a < b * b) ? 1 : 2 }' {1.x} {2.x}"
        let judged = try folder.heed([
            "tune", "x=0..1", "--compare", "-n", "14", "--json", "--", "sh", "-c", script,
        ]).json()
        let found = try #require((judged["recommendation"] as? [String: Any])?["x"] as? Double)
        #expect(abs(found - 0.6) < 0.2)
    }
}
