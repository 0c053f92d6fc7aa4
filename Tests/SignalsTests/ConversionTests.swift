import Testing

@testable import Signals

@Suite("Conversions between kinds")
struct ConversionTests {
    static let context =
        #""judge":"ann","prompt":"p","time":5,"weight":6,"groups":{"c":"NL"},"features":{"x":1}"#

    static func converted(
        _ lines: [String], _ from: Feedback.Kind, _ to: Feedback.Kind, threshold: Double? = nil
    ) throws -> [String] {
        let log = try FeedbackLog(lines.map { try FeedbackEvent(jsonLine: $0) })
        return try log.converted(from: from, to: to, threshold: threshold).events.map { $0.jsonLine() }
    }

    @Test("A choice is a ranking with one item above the others")
    func choiceToRanking() throws {
        let lines = try Self.converted(
            [
                #"{"kind":"choice","chosen":"b","among":["a","b","c"],"id":"1",\#(Self.context),"itemFeatures":{"f":[1,2,3]}}"#
            ],
            .choice, .ranking)
        #expect(
            lines == [
                #"{"kind":"ranking","ranking":["b"],"unplaced":["a","c"],"id":"1",\#(Self.context),"itemFeatures":{"f":[2,1,3]}}"#
            ])
    }

    @Test("A comparison is a ranking of two; a skip is nothing")
    func comparisonToRanking() throws {
        let lines = try Self.converted(
            ["right", "tie", "skip"].map {
                #"{"kind":"comparison","left":"a","right":"b","outcome":"\#($0)","itemFeatures":{"f":[1,2]}}"#
            },
            .comparison, .ranking)
        #expect(
            lines == [
                #"{"kind":"ranking","ranking":["b","a"],"itemFeatures":{"f":[2,1]}}"#,
                #"{"kind":"ranking","ranking":[["a","b"]],"itemFeatures":{"f":[1,2]}}"#,
            ])
    }

    @Test("A ranking's pairs share its weight, and the unplaced do not meet")
    func rankingToComparisons() throws {
        let lines = try Self.converted(
            [#"{"kind":"ranking","ranking":["a",["b","c"]],"unplaced":["d","e"],"weight":6}"#], .ranking,
            .comparison)
        let pairs = [
            "a b left", "a c left", "a d left", "a e left", "b c tie", "b d left", "b e left", "c d left",
            "c e left",
        ]
        #expect(
            lines
                == pairs.map { pair in
                    let words = pair.split(separator: " ")
                    return
                        #"{"kind":"comparison","left":"\#(words[0])","right":"\#(words[1])","outcome":"\#(words[2])","weight":1.5}"#
                })
    }

    @Test("Ratings meet only where judge, prompt and aspect are the same")
    func ratingsToComparisons() throws {
        let lines = try Self.converted(
            [
                #"{"kind":"rating","item":"a","score":4,"judge":"ann","time":1}"#,
                #"{"kind":"rating","item":"b","score":2,"judge":"ann","time":3}"#,
                #"{"kind":"rating","item":"c","score":5,"judge":"bob"}"#,
                #"{"kind":"rating","item":"c","score":4,"judge":"ann"}"#,
                #"{"kind":"rating","item":"a","score":1,"prompt":"p"}"#,
                #"{"kind":"rating","item":"b","score":3,"prompt":"p"}"#,
                #"{"kind":"rating","item":"b","score":3}"#,
            ], .rating, .comparison)
        #expect(
            lines == [
                #"{"kind":"comparison","left":"a","right":"b","outcome":"left","margin":2,"judge":"ann","time":3,"weight":0.5}"#,
                #"{"kind":"comparison","left":"a","right":"c","outcome":"tie","margin":0,"judge":"ann","time":1,"weight":0.5}"#,
                #"{"kind":"comparison","left":"b","right":"c","outcome":"right","margin":2,"judge":"ann","time":3,"weight":0.5}"#,
                #"{"kind":"comparison","left":"a","right":"b","outcome":"right","margin":2,"prompt":"p"}"#,
            ])
        let grouped = try Self.converted(
            [
                #"{"kind":"rating","item":"a","score":4,"judge":"ann","groups":{"c":"NL","d":"x"},"itemFeatures":{"f":[1]}}"#,
                #"{"kind":"rating","item":"b","score":2,"judge":"ann","groups":{"c":"NL","d":"y"},"itemFeatures":{"f":[2]}}"#,
            ], .rating, .comparison)
        #expect(
            grouped == [
                #"{"kind":"comparison","left":"a","right":"b","outcome":"left","margin":2,"judge":"ann","groups":{"c":"NL"},"itemFeatures":{"f":[1,2]}}"#
            ])
    }

    @Test("Thumbs and ratings")
    func thumbs() throws {
        #expect(
            try Self.converted([#"{"kind":"thumb","item":"a","up":true,"weight":2}"#], .thumb, .rating)
                == [#"{"kind":"rating","item":"a","score":1,"scale":[0,1],"weight":2}"#])
        #expect(
            try Self.converted([#"{"kind":"rating","item":"a","score":3}"#], .rating, .thumb, threshold: 3)
                == [#"{"kind":"thumb","item":"a","up":true}"#])
        #expect(throws: ConversionError.self) {
            try Self.converted([#"{"kind":"rating","item":"a","score":3}"#], .rating, .thumb)
        }
        #expect(throws: ConversionError.self) {
            try Self.converted(
                [#"{"kind":"rating","item":"a","scores":{"x":3,"y":2}}"#], .rating, .thumb, threshold: 3)
        }
    }

    @Test("A click is preferred to the skipped items above it")
    func impressions() throws {
        let list =
            #"{"kind":"impression","slots":[{"item":"a","position":1,"clicked":false},{"item":"b","position":2,"clicked":false},{"item":"c","position":3,"clicked":true},{"item":"d","position":4,"clicked":false}],"itemFeatures":{"f":[1,2,3,4]}}"#
        #expect(
            try Self.converted([list], .impression, .comparison) == [
                #"{"kind":"comparison","left":"c","right":"a","outcome":"left","weight":0.5,"itemFeatures":{"f":[3,1]}}"#,
                #"{"kind":"comparison","left":"c","right":"b","outcome":"left","weight":0.5,"itemFeatures":{"f":[3,2]}}"#,
            ])
        #expect(
            try Self.converted([list], .impression, .choice)
                == [#"{"kind":"choice","chosen":"c","among":["a","b","c"],"itemFeatures":{"f":[1,2,3]}}"#])
    }

    @Test("Every pair of kinds is either allowed with its assumption or refused with a reason")
    func table() throws {
        for from in Feedback.Kind.allCases {
            for to in Feedback.Kind.allCases {
                let allowed = Conversion.find(from: from, to: to)
                let refusal = Conversion.refusal(from: from, to: to)
                #expect((allowed == nil && refusal == nil) == (from == to))
                #expect(allowed == nil || refusal == nil)
                if refusal != nil {
                    #expect(throws: ConversionError.self) { try FeedbackLog().converted(from: from, to: to) }
                } else if !(from == .rating && to == .thumb) {
                    #expect(
                        try FeedbackLog(EventJSONTests.events).converted(from: from, to: to).counts.keys
                            .allSatisfy { $0 == to })
                }
            }
        }
        #expect(Conversion.refusal(from: .comparison, to: .rating)!.contains("not a rating"))
        #expect(Conversion.refusal(from: .impression, to: .thumb)!.contains("skipped, not disliked"))
        #expect(Conversion.all.filter(\.isExact).map(\.to) == [.ranking, .ranking])
    }
}
