import Foundation
import Preferences
import Signals

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Whether a text is well-formed XML, and the elements in it.
final class XMLReading: NSObject, XMLParserDelegate {
    private(set) var elements: [(name: String, attributes: [String: String], text: String)] = []
    private(set) var isWellFormed = false
    private var open: [Int] = []

    init(_ text: String) {
        super.init()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        isWellFormed = parser.parse()
    }

    func all(_ name: String, style: String? = nil) -> [[String: String]] {
        elements.filter { element in
            element.name == name
                && (style.map {
                    (element.attributes["class"] ?? "").split(separator: " ").contains(Substring($0))
                } ?? true)
        }.map(\.attributes)
    }

    func texts(_ name: String) -> [String] { elements.filter { $0.name == name }.map(\.text) }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        open.append(elements.count)
        elements.append((name: name, attributes: attributes, text: ""))
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
        open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        if let last = open.last { elements[last].text += text }
    }
}

/// Names that try to break out of what they stand in.
let hostileNames = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "]]></svg>", "a & b", "it's </title>",
    "\u{1B}[31mred\u{7}", "\u{202E}txet desrever", "nul\u{0}byte", "two\nlines\r\nhere", "日本語モデル",
    "👩‍👩‍👧 family", "é vs e\u{301}",
]

/// The part of a page's body that browsers would read as markup: everything between `<` and `>`.
func tags(_ html: String) -> [Substring] {
    html.split(separator: "<").dropFirst().map { $0.prefix { $0 != ">" } }
}

/// A ranking of these items from plain comparisons: each beats those after it, three times in four.
func ranking(_ names: [String], judges: Int = 8, extra: [(String, String)] = []) throws -> RankingFit {
    var log = FeedbackLog()
    for judge in 0..<judges {
        for a in names.indices {
            for b in names.indices where a < b {
                let upset = (a + b + judge) % 4 == 0
                try log.append(
                    FeedbackEvent(
                        .comparison(
                            Comparison(left: names[a], right: names[b], outcome: upset ? .right : .left)),
                        judge: "judge \(judge)"))
            }
        }
    }
    for (winner, loser) in extra {
        try log.append(
            FeedbackEvent(
                .comparison(Comparison(left: winner, right: loser, outcome: .left)), judge: "judge 0"))
    }
    return try BradleyTerry().fit(log)
}

/// A small generator of its own, so that every run tests the same.
struct Dice {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func roll(_ sides: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % sides
    }
}
