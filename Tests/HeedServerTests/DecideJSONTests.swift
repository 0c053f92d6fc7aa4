import Foundation
import HeedAPI
import Signals
import Testing

@testable import HeedServer

/// The quick reading and writing of decisions against the usual one.
@Suite struct DecideJSONTests {
    private static func read(_ text: String) throws -> DecideRequest {
        var tape = JSONTape(depth: 32)
        return try Array(text.utf8).withUnsafeBufferPointer {
            try tape.parse($0) { try DecideRequest(json: $0) }
        }
    }

    @Test func requestsAreReadAsFoundationReadsThem() throws {
        var random = SeededGenerator(seed: 8)
        let names = ["a", "é\"\\", "漢", "", "x\ny", "/"]
        for _ in 0..<300 {
            func maybe<T>(_ value: @autoclosure () -> T) -> T? { Bool.random(using: &random) ? value() : nil }
            func name() -> String { names.randomElement(using: &random)! }
            func number() -> Double { Double.random(in: -1e9...1e9, using: &random) }
            var request = DecideRequest()
            if Bool.random(using: &random) { request.id = name() }
            if Bool.random(using: &random) { request.features = [name(): number(), "z": 0] }
            if Bool.random(using: &random) { request.actions = [name(), name()] }
            if Bool.random(using: &random) { request.groups = [name(): name()] }
            if Bool.random(using: &random) { request.slate = Int.random(in: -3...1_000_000, using: &random) }
            if Bool.random(using: &random) { request.by = ModelKind.allCases.randomElement(using: &random) }
            if Bool.random(using: &random) { request.judge = name() }
            if Bool.random(using: &random) { request.prompt = name() }
            let text = String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
            #expect(try Self.read(text) == request)
        }
    }

    @Test(arguments: [
        "[]", "3", #"{"odd":1}"#, #"{"id":1}"#, #"{"features":{"a":"b"}}"#, #"{"features":[1]}"#,
        #"{"features":{"a":1,"a":1}}"#, #"{"slate":1.5}"#, #"{"slate":1e300}"#, #"{"by":"magic"}"#,
        #"{"actions":"a"}"#, #"{"actions":[null]}"#, #"{"groups":{"a":1}}"#,
    ])
    func otherTextsAreRefused(_ text: String) {
        #expect {
            try Self.read(text)
        } throws: {
            ($0 as? APIError)?.status == .unprocessableContent
        }
    }

    @Test func responsesAreWrittenAsFoundationWritesThem() throws {
        var random = SeededGenerator(seed: 9)
        let names = ["a", "é\"\\", "漢", "x\ny", "/", "\u{1}"]
        for _ in 0..<300 {
            var response = DecideResponse(
                decision: names.randomElement(using: &random)!, action: names.randomElement(using: &random)!,
                propensity: Double.random(in: 0...1, using: &random), propensities: [:], model: "p3")
            for name in names where Bool.random(using: &random) {
                response.propensities[name] = Double.random(in: 0...1, using: &random)
            }
            if Bool.random(using: &random) {
                response.slate = names.prefix(Int.random(in: 0...6, using: &random)).enumerated().map {
                    .init(action: $1, decision: "d/\($0)", propensity: 1 / Double($0 + 1))
                }
            }
            let back = try JSONDecoder().decode(DecideResponse.self, from: Data(response.json()))
            #expect(back == response)
        }
    }
}
