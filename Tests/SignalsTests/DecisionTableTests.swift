import Testing

@testable import Signals

@Suite("Decisions: tables")
struct DecisionTableTests {
    @Test("A plain table, as CSV, TSV and JSON lines")
    func plain() throws {
        let rows = [
            ReadDecision(
                "a", 1, 0.5, time: 10, weight: 2, position: 1, slate: "p", ["age": 3, "country=NL": 1]),
            ReadDecision("b", nil, 0.25, time: 20, position: 2, slate: "p", ["country=BE": 1]),
            ReadDecision("a", 0, nil, ["age": -4.5, "country=NL": 1]),
        ]
        let csv = """
            arm,reward,prob,time,weight,slot,prompt,age,country
            a,1,0.5,10,2,1,p,3,NL
            b,,0.25,20,,2,p,0,BE
            a,0,,,,,,-4.5,NL
            """
        let json = """
            {"arm":"a","reward":1,"prob":0.5,"time":10,"weight":2,"slot":1,"prompt":"p","age":3,"country":"NL"}
            {"arm":"b","prob":0.25,"time":20,"slot":2,"prompt":"p","age":0,"country":"BE"}
            {"arm":"a","reward":false,"age":-4.5,"country":"NL"}
            """
        for text in [
            csv, csv.replacing(",", with: "\t"), csv.replacing("\n", with: "\r\n"),
            csv.replacing("arm,", with: "\"arm\", ").replacing("a,", with: "\"a\", "), json,
        ] {
            let (log, report) = try decisions(text)
            #expect(log.read == rows)
            #expect(log.isSound && report.format == .decisions && report.withoutReward == 1)
            #expect(report.withoutPropensity == 1)
        }
    }

    @Test("A cost is a reward with its sign changed; columns may have other names")
    func costs() throws {
        let (log, report) = try decisions("action,loss,p\nx,2,0.5\ny,-1,1\nx,0,0.5\n")
        #expect(log.reward == [-2, 1, 0] && log.reward[2].sign == .plus && log.hasPropensities)
        #expect(report.assumed.contains { $0.contains("sign changed") })
        let mapped = try decisions(
            "who,what,paid\nann,tea,3\n",
            ReadOptions(mapping: ["action": "what", "reward": "paid", "group.judge": "who"])
        ).log
        #expect(mapped.read == [ReadDecision("tea", 3, nil, ["judge=ann": 1])])
        let kept = try decisions("action,reward,site\na,1,x\nb,2,y\n", ReadOptions(keeping: ["site": ["y"]]))
        #expect(kept.log.read == [ReadDecision("b", 2, nil, ["site=y": 1])] && kept.report.leftOut == 1)
    }

    @Test("Open Bandit logs, with a column of row numbers or without")
    func openBandit() throws {
        let text = """
            timestamp,item_id,position,click,propensity_score,user_feature_0,user_feature_1,user-item_affinity_0,user-item_affinity_1
            2019-11-24 00:01:03.979311+00:00,2,2,0,0.045525,cef3,81,0,0
            2019-11-24 00:01:45.406608+00:00,9,3,1,0.059345,cef3,82,0.0,2.5
            """
        let rows = [
            ReadDecision(
                "2", 0, 0.045525, time: 1574553663.979311, position: 2,
                ["user_feature_0=cef3": 1, "user_feature_1=81": 1]),
            ReadDecision(
                "9", 1, 0.059345, time: 1574553705.406608, position: 3,
                ["user_feature_0=cef3": 1, "user_feature_1=82": 1, "user-item_affinity_1": 2.5]),
        ]
        for first in ["", "Unnamed: 0"] {
            let lines = text.split(separator: "\n")
            let numbered =
                ([first + "," + lines[0]]
                + lines.dropFirst().enumerated().map { "\($0.offset),\($0.element)" })
                .joined(separator: "\n")
            for text in [text, numbered] {
                let (log, report) = try decisions(text)
                #expect(log.read == rows)
                #expect(report.format == .openBandit && log.isSound)
                let events = try Reading(text).lines.joined(separator: "\n")
                #expect(try decisions(events).log.read == rows)
            }
        }
    }

    @Test("The items' table makes every item possible")
    func items() throws {
        let items = FeedbackSource.text("item_id,price,colour\n2,0.5,red\n9,0,blue\n", name: "items.csv")
        let reader = DecisionLogReader(items: items)
        let (log, report) = try reader.read([.text("action,reward,propensity\n9,1,0.25\n2,,0.75\n7,0,1\n")])
        let features: [[String: Double]] = [["price": 0.5, "colour=red": 1], ["colour=blue": 1]]
        #expect(
            log.read == [
                ReadDecision(
                    "9", 1, 0.25, possible: ["2", "9"], probabilities: [-1, 0.25], actionFeatures: features),
                ReadDecision(
                    "2", nil, 0.75, possible: ["2", "9"], probabilities: [0.75, -1], actionFeatures: features),
                ReadDecision(
                    "7", 0, 1, possible: ["7", "2", "9"], probabilities: [1, -1, -1],
                    actionFeatures: [[:]] + features),
            ])
        #expect(log.isSound && report.assumed.contains { $0.contains("2 actions in items.csv") })
        for bad in ["item_id,x\n2,1\n2,2\n", "item_id,x\n2\n", "item_id,x\n,1\n", "item_id,\"x\n", ""] {
            #expect(throws: FeedbackReadError.self) {
                try DecisionLogReader(items: .text(bad)).read([.text("action,reward\n2,1\n")])
            }
        }
    }

    @Test(
        "A bad value says where it stands, on the fast way and the careful one",
        arguments: [
            ("a,1,1.5,1", 5, "propensity"), ("a,1,0,1", 5, "propensity"), ("a,x,0.5,1", 3, "reward"),
            (",1,0.5,1", 0, "action"), ("a,1,0.5,0", 9, "position"), ("a,1,0.5,1.5", 9, "position"),
            ("a,1,0.5", 0, nil),
        ] as [(String, Int, String?)])
    func bad(_ row: String, _ column: Int, _ field: String?) throws {
        let text = "action,reward,propensity,position\nb,2,0.5,1\n\(row)\nc,3,\"0.5\",1\n"
        // The columns are named, so that one bad value does not make them texts.
        let options = ReadOptions(
            mapping: ["reward": "reward", "propensity": "propensity", "position": "position"], skipBad: true)
        let (log, report) = try decisions(text, options)
        #expect(log.read.map(\.reward) == [2, 3])
        let bad = try #require(report.badLines.first)
        #expect(report.badLineCount == 1 && bad.line == 3 && bad.column == column && bad.field == field)
        let reading = try Reading(text, options)
        #expect(reading.rejected == report.badLines)
    }

    @Test("A file of another kind is refused")
    func others() {
        for text in [
            "left,right,winner\na,b,a\n", "user,item,rating\n1,2,3\n", "# FILE NAME: x\n", "x,y\n1,2\n", "",
            "{",
        ] {
            #expect(throws: FeedbackReadError.self) { try decisions(text) }
        }
        #expect { try decisions("user,item,rating\n1,2,3\n") } throws: {
            "\($0)".contains("a file of ratings")
        }
    }
}
