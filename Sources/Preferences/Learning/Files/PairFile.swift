import Foundation

/// Reads comparisons from files as they are found: JSON lines, a JSON list, or a table, with the answers' texts, their numbers, or names
/// of items.
///
/// Which field means what is seen from the names (`prompt`, `chosen`, `rejected`; `output_1`, `output_2`, `preference`; `left`, `right`,
/// `winner`; `judge`, `annotator`; `group`, `source` …) or said here; a place within a field is written `info.post` or `summaries[0].text`.
/// Comparisons are made of lists of answers with scores, ranks or a choice, of tables with one rated answer on each line, and of choices
/// from sets; `PairRecords.Source.made` says how. Also read are dialogues ("Human: … Assistant: …" or lists of
/// messages): the turns that both answers share are the prompt. Nothing is dropped unless it is asked for, and what is dropped is counted.
///
/// ```swift
/// let records = try PairFile().read(["pairs.jsonl"])
/// let data = try records.comparisons(FeatureRecipe(.hashed(HashedNGrams())))
/// ```
public struct PairFile: Sendable {
    /// What a label says.
    public enum Labels: Sendable, Hashable {
        /// As the labels of the file look together: names of the two items where all are; words (a, left, first, model_a, tie …)
        /// or the names of the answers' fields; 1 and 2 where one is a 2; 1 and −1 where one is −1; 0 for the first where its field
        /// ends in 0; otherwise the probability of the first.
        case automatic
        /// 1 for the first, 2 for the second; 0 or 1.5 for a tie.
        case oneBased
        /// 0 for the first, 1 for the second; 0.5 for a tie.
        case zeroBased
        /// 1 for the first, −1 for the second; 0 for a tie.
        case signed
        /// The probability that the first was preferred.
        case probability
        /// These words.
        case words(first: Set<String>, second: Set<String>, tie: Set<String>)
    }

    /// What may be left out on request.
    public enum Drop: String, Sendable, Hashable, CaseIterable {
        /// Comparisons of an answer with the same answer.
        case identical
        /// Comparisons without a label.
        case unlabelled
        /// Comparisons that ended even.
        case ties
    }

    /// The field of the prompt.
    public var prompt: String?
    /// The field of the first answer: the chosen one where there is no label.
    public var first: String?
    /// The field of the second answer.
    public var second: String?
    /// The field of the label.
    public var label: String?
    /// The field of who judged.
    public var judge: String?
    /// The field of the group.
    public var group: String?
    /// The field of the weight.
    public var weight: String?
    /// The field of the margin.
    public var margin: String?
    /// How labels are read.
    public var labels: Labels = .automatic
    /// What is left out.
    public var dropping: Set<Drop> = []
    /// The most bytes of a line.
    public var longestLine: Int = PairFile.defaultLongest
    /// Reads a file's bytes, decompressed.
    public var open: @Sendable (_ path: String) throws -> [UInt8] = { try PairFile.bytes(of: $0) }

    static let defaultLongest = 32 << 20

    /// Creates a reader that finds the fields by their names.
    public init() {}

    /// The bytes of a file.
    ///
    /// - Throws: `PairFileError`.
    public static func bytes(of path: String) throws -> [UInt8] { try FileBytes.read(path) }

    /// Reads files, one after the other.
    ///
    /// - Parameter items: What the pairs name, where they hold names.
    /// - Throws: `PairFileError`.
    public func read(_ paths: [String], items: ItemTable? = nil) throws -> PairRecords {
        guard !paths.isEmpty else {
            throw PairFileError(path: "(none)", problem: "there is no file to read", advice: "name one")
        }
        var builder = PairBuilder(self, items: items)
        for path in paths { try builder.add(try open(path), path: path) }
        return try builder.records()
    }

    /// Reads bytes that are at hand.
    public func read(_ bytes: [UInt8], name: String, items: ItemTable? = nil) throws -> PairRecords {
        var builder = PairBuilder(self, items: items)
        try builder.add(bytes, path: name)
        return try builder.records()
    }
}
