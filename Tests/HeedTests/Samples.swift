import Foundation

/// Feedback to run the command on.
enum Samples {
    /// A log of two hundred decisions between two actions, of which the second pays more for the old.
    static let decisions: String = {
        var random = SampleRandom(state: 5)
        var lines = ["action,reward,propensity,age"]
        for _ in 0..<200 {
            let age = random.uniform(), second = random.uniform() < 0.4
            let pays = random.uniform() < (second ? age : 0.3)
            lines.append("\(second ? "b" : "a"),\(pays ? 1 : 0),\(second ? 0.4 : 0.6),\(age)")
        }
        return lines.joined(separator: "\n") + "\n"
    }()

    /// Twelve things that two numbers describe.
    static let things =
        "id,size,price\n"
        + (0..<12).map { "t\($0),\(Double($0 * 5 % 12) / 4),\(Double($0) / 4)\n" }.joined()

    /// Comparisons of these things by eight judges of two groups; most like what is large and cheap.
    static let thingPairs: String = {
        var random = SampleRandom(state: 7)
        var lines = ["left,right,winner,judge,group"]
        for place in 0..<320 {
            let a = random.below(12), b = (a + 1 + random.below(11)) % 12
            let gain = Double(a * 5 % 12 - b * 5 % 12) / 4 - Double(a - b) / 4
            let winner = random.uniform() < 1 / (1 + exp(-gain)) ? a : b
            lines.append("t\(a),t\(b),t\(winner),j\(place % 8),\(place % 2 == 0 ? "even" : "odd")")
        }
        return lines.joined(separator: "\n") + "\n"
    }()

    /// The columns of `battleLines`.
    static let header = "left,right,winner,judge,country"

    /// Comparisons of `items` items by twelve judges of two countries; item 0 is the best.
    static func battleLines(_ count: Int = 600, items: Int = 8, seed: UInt64 = 1) -> [String] {
        var random = SampleRandom(state: seed)
        return (0..<count).map { _ in
            let a = random.below(items), b = (a + 1 + random.below(items - 1)) % items
            let judge = random.below(12)
            let p = 1 / (1 + exp(-0.5 * Double(b - a)))
            let winner = random.uniform() < 0.1 ? "tie" : random.uniform() < p ? "left" : "right"
            return "item\(a),item\(b),\(winner),judge\(judge),\(judge % 3 == 0 ? "BE" : "NL")"
        }
    }

    static func battles(_ lines: [String] = battleLines()) -> String {
        ([header] + lines).joined(separator: "\n") + "\n"
    }

    /// The same comparisons as event lines.
    static func events(_ lines: [String] = battleLines()) -> String {
        lines.map { line in
            let f = line.split(separator: ",")
            return
                #"{"kind":"comparison","left":"\#(f[0])","right":"\#(f[1])","outcome":"\#(f[2])","judge":"\#(f[3])","#
                + #""groups":{"country":"\#(f[4])"}}"# + "\n"
        }.joined()
    }

    static func shuffled(_ lines: [String], seed: UInt64) -> [String] {
        var random = SampleRandom(state: seed), lines = lines
        for last in stride(from: lines.count - 1, to: 0, by: -1) {
            lines.swapAt(last, random.below(last + 1))
        }
        return lines
    }

    static let ballots = "choice1,choice2,choice3,count\na,b,c,5\nb,c,,4\nc,b,a,3\n"

    static let labels = """
        worker,task,label,gold
        w1,t1,cat,cat
        w2,t1,cat,
        w3,t1,dog,
        w1,t2,dog,
        w2,t2,dog,
        w3,t2,cat,
        w1,t3,cat,
        w2,t3,cat,
        w3,t3,cat,

        """

    /// Names that other programs stumble over; the first wins most, the last loses most.
    static let hostileNames = [
        "<script>alert(1)</script>", "two\nlines", "family 👩‍👩‍👧 x", "שלום עולם", "a\"b, & 'c'", "\u{1B}[31mred",
        "=1+1",
    ]

    /// Every hostile name against every other, so that each has won and lost.
    static var hostile: String {
        func quoted(_ name: String) -> String {
            "\"" + name.replacingOccurrences(of: "\"", with: "\"\"") + "\""
        }
        var lines = ["left,right,winner"]
        for (place, a) in hostileNames.enumerated() {
            for b in hostileNames[(place + 1)...] {
                for winner in ["left", "left", "right"] {
                    lines.append("\(quoted(a)),\(quoted(b)),\(winner)")
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// SplitMix64: the same numbers everywhere.
struct SampleRandom {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
