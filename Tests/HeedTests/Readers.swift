import Foundation
import Testing

/// Reads comma-separated values the slow and plain way.
enum Table {
    static func rows(_ text: String) -> [[String]] {
        var rows: [[String]] = [], row: [String] = [], field = ""
        var isQuoted = false, wasQuote = false
        for scalar in text.unicodeScalars {
            if isQuoted {
                if wasQuote {
                    wasQuote = false
                    if scalar == "\"" {
                        field.unicodeScalars.append(scalar)
                        continue
                    }
                    isQuoted = false
                } else if scalar == "\"" {
                    wasQuote = true
                    continue
                } else {
                    field.unicodeScalars.append(scalar)
                    continue
                }
            }
            switch scalar {
            case "\"": isQuoted = true
            case ",":
                row.append(field)
                field = ""
            case "\r": break
            case "\n":
                rows.append(row + [field])
                row = []
                field = ""
            default: field.unicodeScalars.append(scalar)
            }
        }
        if !row.isEmpty || !field.isEmpty { rows.append(row + [field]) }
        return rows
    }
}

/// What every report has to be.
enum Page {
    static func expectSelfContained(_ html: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(
            html.hasPrefix("<!DOCTYPE html>") || html.hasPrefix("<!doctype html>"),
            sourceLocation: sourceLocation)
        // Addresses that name a language of markup are never loaded; anything else would be.
        let rest = html.replacingOccurrences(of: "http://www.w3.org/", with: "")
        for word in [
            "http://", "https://", "<script", "<link", "<iframe", "<img", "@import", "url(", " src=",
        ] {
            #expect(!rest.contains(word), "the page holds \(word)", sourceLocation: sourceLocation)
        }
        #expect(unbalanced(html) == nil, sourceLocation: sourceLocation)
    }

    /// The first tag that does not close what was opened last, or was never closed.
    static func unbalanced(_ html: String) -> String? {
        let void: Set = ["meta", "br", "hr", "col", "wbr", "input", "link", "img"]
        var open: [Substring] = []
        var rest = html[...]
        while let start = rest.firstIndex(of: "<") {
            rest = rest[rest.index(after: start)...]
            if rest.hasPrefix("!--") {
                guard let end = rest.range(of: "-->") else { return "a comment without an end" }
                rest = rest[end.upperBound...]
                continue
            }
            guard let end = rest.firstIndex(of: ">") else { return "a tag without an end" }
            let tag = rest[..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("!") || tag.hasSuffix("/") { continue }
            let name = tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber || $0 == "-" }
            if tag.hasPrefix("/") {
                if open.popLast() != name { return String(tag) }
            } else if !void.contains(name.lowercased()) {
                open.append(name)
                if name == "style", let close = rest.range(of: "</style>") {
                    rest = rest[close.lowerBound...]
                }
            }
        }
        return open.last.map(String.init)
    }
}

/// Packs text as a gzip file without compressing it: what any reader of gzip has to read.
enum Gzip {
    static func stored(_ text: String) throws -> [UInt8] {
        let bytes = Array(text.utf8)
        var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        var place = 0
        repeat {
            let count = min(65_535, bytes.count - place)
            out.append(place + count == bytes.count ? 1 : 0)
            out += [UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8((~count >> 8) & 255)]
            out += bytes[place..<(place + count)]
            place += count
        } while place < bytes.count
        for value in [checksum(bytes), UInt32(truncatingIfNeeded: bytes.count)] {
            out += (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
        }
        return out
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
