/// The situations and values that were learnt from: what values are proposed from.
struct ValueMemory: Sendable, Hashable {
    /// What was said of a situation and a value.
    struct Link: Sendable, Hashable {
        var situation: Int
        var value: Int
        var isRelevant: Bool
        var valence: ValueValence?
        var explanation: String
    }

    private(set) var situations: [String] = []
    private(set) var values: [SituationValue] = []
    private(set) var links: [Link] = []
    /// The buckets of the words of each situation, in order.
    private(set) var words: [[Int]] = []
    /// Those of each value.
    private(set) var valueWords: [[Int]] = []
    /// The relevant links of each situation.
    private(set) var relevant: [[Int]] = []
    /// In how many situations each bucket comes.
    private var counts: [Int]

    init(_ records: [ValueRecord], buckets: Int) {
        counts = [Int](repeating: 0, count: buckets)
        var (places, valuePlaces): ([String: Int], [SituationValue: Int]) = ([:], [:])
        for record in records {
            let situation = places[record.situation] ?? situations.count
            if situation == situations.count {
                places[record.situation] = situation
                situations.append(record.situation)
                words.append(Self.buckets(TextTokens.words(record.situation), of: buckets))
                relevant.append([])
                for word in Set(words[situation]) { counts[word] += 1 }
            }
            let value = valuePlaces[record.value] ?? values.count
            if value == values.count {
                valuePlaces[record.value] = value
                values.append(record.value)
                valueWords.append(Self.buckets(record.value.words, of: buckets))
            }
            if record.isRelevant { relevant[situation].append(links.count) }
            links.append(
                Link(
                    situation: situation, value: value, isRelevant: record.isRelevant,
                    valence: record.valence,
                    explanation: record.explanation))
        }
    }

    static func buckets(_ words: [String], of buckets: Int) -> [Int] {
        words.map { TextTokens.bucket($0, of: buckets) }
    }

    /// The values of the situations that share most of their rarer words with this one, at most so many, with what was
    /// said.
    func candidates(_ situation: [Int], count: Int) -> [(value: Int, explanation: String)] {
        let wanted = Set(situation)
        func rarity(_ word: Int) -> Double { 1 / Double(1 + counts[word]) }
        let likeness = words.map { other -> Double in
            var (shared, all) = (0.0, 0.0)
            for word in Set(other).sorted() {
                all += rarity(word)
                if wanted.contains(word) { shared += rarity(word) }
            }
            return all > 0 ? shared / all.squareRoot() : 0
        }
        let order = situations.indices.sorted { (likeness[$1], $0) < (likeness[$0], $1) }
        var seen: Set<Int> = []
        var found: [(value: Int, explanation: String)] = []
        for place in order {
            for link in relevant[place] where seen.insert(links[link].value).inserted {
                if found.count == count { return found }
                found.append((links[link].value, links[link].explanation))
            }
        }
        return found
    }

    /// The records again.
    var records: [ValueRecord] {
        links.map {
            ValueRecord(
                situation: situations[$0.situation], value: values[$0.value], isRelevant: $0.isRelevant,
                valence: $0.valence, explanation: $0.explanation)
        }
    }
}
