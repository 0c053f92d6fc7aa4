import Foundation
import Testing

@testable import Signals

@Suite("Bad input")
struct FormatBadInputTests {
    /// The places and reasons of a text's bad lines.
    static func bad(_ text: String, _ options: ReadOptions = ReadOptions()) throws -> [BadLine] {
        var options = options
        options.skipBad = true
        let reading = try Reading(text, options)
        #expect(reading.rejected == reading.report?.badLines)
        return reading.rejected
    }

    @Test(
        "Line and column are exact",
        arguments: [
            ("left,right,winner\na,b,c\n", 2, 5, "c", "left, right, tie"),
            ("\u{FEFF}left,right,winner\r\na,b,left\r\na,b,c\r\n", 3, 5, "c", "left, right, tie"),
            ("left,right,winner\n\n\na,a,left\n", 4, 3, "a", "itself"),
            ("left,right,winner\na,b\n", 2, 0, "a,b", "2 fields where the header names 3"),
            ("left,right,winner,note\na,b,a,\"x\ny\"\na,b,,z\n", 4, 0, "", "empty"),
            ("left,right,note,winner\na,b,\"x\ny\",  what\n", 3, 6, "what", "left, right, tie"),
            ("left,right,winner,weight\na,b,a,1\na,b,a,-2\n", 3, 7, "-2.0", "not negative"),
            ("left,right,winner,weight\na,b,a,\"0x10\"\n", 2, 7, "0x10", "hexadecimal"),
            ("left,right,winner\na,b,a\n\"a,b,a\n", 3, 1, "\"a,b,a", "never closed"),
            ("left,right,winner\n\"a\"x,b,a\na,b,a\n", 2, 4, "x,b,a", "after the closing quote"),
            (
                "{\"kind\":\"thumb\",\"item\":\"a\",\"up\":true}\n{\"kind\":\"thumb\",\"item\":\"a\",\"up\":1}\n",
                2, 33, "1", "true or false"
            ),
            ("{\"kind\":\"thumb\",\"item\":\"a\",\"up\":true}\n{\"kind\":\n", 2, 9, "", "not JSON"),
            (
                "[{\"kind\":\"thumb\",\"item\":\"a\",\"up\":true},\n  {\"kind\":\"thumb\",\n\"up\":true}]", 2,
                3, "", "missing"
            ),
            ("[{\"kind\":\"thumb\",\"item\":\"a\",\"up\":true}, 7]", 1, 41, "7", "a JSON object"),
            ("[{\"kind\":\"thumb\",\"item\":\"a\",\"up\":true}", 1, 39, "", "no ]"),
            (
                "# FILE NAME: x\n# ALTERNATIVE NAME 1: a\n# ALTERNATIVE NAME 2: b\n1: 1,2\n1: 1,3\n", 5, 6,
                "3", "1 to 2"
            ),
            ("user,item,rating\nann,x,1\nann,x,inf\n", 3, 7, "inf", "not a finite number"),
        ] as [(String, Int, Int, String, String)])
    func places(_ text: String, _ line: Int, _ column: Int, _ value: String, _ reason: String) throws {
        var options = ReadOptions()
        // One bad value among few would make the column a text; the column is named so that it stays what it is.
        if text.hasPrefix("user,") { options.mapping = ["item": "item", "score": "rating"] }
        let found = try Self.bad(text, options)
        #expect(found.count == 1)
        let bad = try #require(found.first)
        #expect(bad.line == line)
        #expect(bad.column == column)
        #expect(bad.value == value)
        #expect(bad.reason.contains(reason), "\(bad)")
        let packed = try Reading(gzip(Array(text.utf8)), ReadOptions(mapping: options.mapping, skipBad: true))
        #expect(packed.rejected == found)
    }

    @Test("A bad line keeps its text, and the lines around it are read")
    func text() throws {
        let reading = try Reading(
            "left,right,winner\na,b,left\na,b,who\r\na,b,tie\n", ReadOptions(skipBad: true))
        #expect(reading.rejected.map(\.text) == ["a,b,who"])
        #expect(reading.numbers == [2, 4])
        #expect(
            reading.rejected[0].description
                == #"text:3:5: winner is "who": left, right, tie, both_bad, skip or the name of one of the two items is expected"#
        )
    }

    @Test("Without skipBad a source with bad lines is refused, and all are counted")
    func refused() throws {
        let text = "left,right,winner\n" + String(repeating: "a,b,what\n", count: 50)
        #expect {
            try Reading(text, ReadOptions(maximumBadLines: 5))
        } throws: { error in
            guard case FeedbackReadError.badLines("text", let lines, 50) = error else { return false }
            return lines.map(\.line) == [2, 3, 4, 5, 6] && "\(error)".contains("and 45 more")
        }
        let skipping = try Reading(text, ReadOptions(skipBad: true, maximumBadLines: 5))
        #expect(skipping.rejected.count == 50 && skipping.report?.badLines.count == 5)
        #expect(skipping.report?.badLineCount == 50)
    }

    @Test("Zero and one as winners are refused: they can be read two ways")
    func ambiguous() throws {
        let found = try Self.bad("left,right,winner\na,b,0\na,b,1\n")
        #expect(found.count == 2)
        #expect(found.allSatisfy { $0.reason.contains("several ways") })
        #expect(try Reading("left,right,winner\na,b,0\na,b,1\na,b,2\n").lines.count == 3)
    }

    @Test("Invalid UTF-8 is a bad line, wherever it stands")
    func utf8() throws {
        for text in ["left,right,winner\na,b,left\n", "{\"kind\":\"thumb\",\"item\":\"a\",\"up\":true}\n"] {
            var bytes = Array(text.utf8)
            let place = text.hasPrefix("left") ? bytes.count - 9 : 24
            let good = bytes
            bytes.insert(0xE9, at: place)
            let reading = try Reading(
                bytes + (text.hasPrefix("left") ? Array("a,b,tie\n".utf8) : good), ReadOptions(skipBad: true))
            #expect(reading.rejected.count == 1 && reading.lines.count == 1)
            #expect(reading.rejected[0].reason.contains("UTF-8"))
            #expect(reading.rejected[0].column == (text.hasPrefix("left") ? 1 : 25))
        }
    }

    @Test(
        "A file of the wrong kind says what it looks like",
        arguments: [
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "PNG"), (Array("PK\u{3}\u{4}x".utf8), "ZIP"),
            (Array("PAR1....".utf8), "Parquet"), (Array("SQLite format 3\0".utf8), "SQLite"),
            (Array("%PDF-1.7".utf8), "PDF"), ([0xFF, 0xFE, 0x6C, 0], "UTF-16"),
            (Array("l\0e\0f\0t\0,\0".utf8), "UTF-16"),
            (Array("a\0\u{1}\u{2}b".utf8), "binary"), ([], "empty"), (Array(" \n\n".utf8), "blank"),
            (Array("<!DOCTYPE html><html>".utf8), "HTML"), (Array("<?xml version='1.0'?>".utf8), "XML"),
            (Array("2 1:0.74 6:0.87 8:0.75\n".utf8), "LIBSVM"),
        ] as [([UInt8], String)])
    func wrongKind(_ bytes: [UInt8], _ name: String) throws {
        #expect {
            try Reading(bytes)
        } throws: { error in
            guard case FeedbackReadError.wrongKind(_, let looksLike, let advice) = error else { return false }
            return looksLike.contains(name) && !advice.isEmpty
        }
    }

    @Test("A table without a known format names its columns and says how to go on")
    func unrecognised() throws {
        #expect {
            try Reading("one,two\n1,2\n")
        } throws: { error in
            let text = "\(error)"
            return text.contains("the columns one, two") && text.contains("--map left=")
        }
        #expect { try Reading("Just some prose.\nMore of it.\n") } throws: {
            "\($0)".contains("no columns can be seen")
        }
        #expect { try Reading(#"{"x":1}"#) } throws: { "\($0)".contains("the columns x") }
        #expect { try Reading("[1,2") } throws: { "\($0)".contains("is a JSON object") }
    }

    @Test("A mapping that does not fit says why")
    func mapping() throws {
        let text = "one,two,won\na,b,a\n"
        for (mapping, part) in [
            (["left": "three"], "which is not there; the columns are one, two, won"),
            (
                ["left": "one", "right": "two", "winner": "won", "taste": "won"],
                "names taste, for which no format"
            ),
        ] {
            #expect { try Reading(text, ReadOptions(mapping: mapping)) } throws: { "\($0)".contains(part) }
        }
        #expect { try Reading(text, ReadOptions(format: .arena)) } throws: {
            "\($0)".contains("cannot be read as arena")
        }
    }

    @Test("Damaged and truncated gzip is an error that says so")
    func gzipDamage() throws {
        let text = "left,right,winner\n" + (0..<5000).map { "a\($0),b\($0 * 7 % 977),left\n" }.joined()
        let packed = try gzip(Array(text.utf8))
        for length in [10, 20, packed.count / 2, packed.count - 1] {
            #expect { try Reading(Array(packed.prefix(length))) } throws: { "\($0)".contains("end early") }
        }
        var broken = packed
        broken[packed.count / 2] ^= 0xFF
        #expect(throws: FeedbackReadError.self) { try Reading(broken) }
        #expect { try Reading(packed + Array("tail".utf8)) } throws: { "\($0)".contains("damaged") }
        #expect(try Reading(packed + [0, 0, 0]).lines.count == 5000)
    }

    @Test("A file that is not there, and a folder")
    func missing() {
        var log = FeedbackLog()
        #expect { try FeedbackReader().read("/no/such/file", into: &log) } throws: {
            "\($0)".contains("no such file")
        }
        #expect { try FeedbackReader().read("/", into: &log) } throws: { "\($0)".contains("a folder") }
    }

    @Test("A record without end is refused at the limit, not kept")
    func limit() {
        var bytes = Array("left,right,winner\n\"".utf8)
        bytes += [UInt8](repeating: 0x61, count: BlockBuffer.maximumRecord + 10)
        #expect {
            try Reading(bytes)
        } throws: { error in
            if case FeedbackReadError.recordTooLong(_, 1...2, _) = error { return true }
            return false
        }
    }

    @Test("Groups that a bad line spoils are left out, with a note")
    func spoiled() throws {
        let reading = try Reading(
            "case,alt,choice\n1,a,0\n1,b,maybe\n2,a,0\n2,b,1\n3,a,0\n3,b,0\n", ReadOptions(skipBad: true))
        #expect(reading.lines.count == 1)
        #expect(reading.rejected.map(\.line) == [3, 6])
        #expect(reading.report?.notes == ["1 case with a bad line left out"])
    }
}
