import Foundation
import Testing

@testable import Tensors

struct EncoderTokenizerTests {
    private func tokenizer(
        _ options: WordPieceTokenizer.Options = .init(maximumLength: nil)
    ) throws -> WordPieceTokenizer {
        try WordPieceTokenizer(vocabulary: TinyEncoder.vocabulary, options: options)
    }

    /// Texts, and the tokens that Python's tokenizers 0.23 makes of them with the same vocabulary.
    private static let golden: [(text: String, tokens: [Int])] = [
        ("", []),
        ("   \u{9}\u{A}", []),
        ("Hello, world!", [170, 88, 171, 77]),
        ("HELLO  WORLD", [170, 171]),
        ("unaffable running runs", [173, 174, 175, 176, 177, 176, 186]),
        ("hello\u{0}wor\u{1}ld", [170, 50, 34, 40, 28, 12]),
        ("hello\u{200B}world\u{FEFF}", [170, 50, 34, 40, 28, 12]),
        ("hello\u{A0}world\u{3000}the\u{2028}cat", [170, 171, 172, 184]),
        ("Caf\u{E9} na\u{EF}ve Z\u{FC}rich", [180, 181, 182]),
        ("cafe\u{301} nai\u{308}ve zu\u{308}rich", [180, 181, 182]),
        ("q\u{307}\u{323}\u{E9}", [37, 14]),
        (
            "\u{41C}\u{43E}\u{441}\u{43A}\u{432}\u{430}, \u{419}\u{43E}\u{433}\u{443}\u{440}\u{442} \u{451}\u{439}",
            [183, 88, 1, 1]
        ),
        ("\u{65E5}\u{672C}\u{8A9E}\u{6587}\u{4E2D}", [143, 145, 147, 141, 139]),
        ("\u{4E2D}a\u{6587}b\u{8A9E}c", [139, 5, 141, 7, 147, 9]),
        ("\u{30AB} \u{30AC} \u{30AB}\u{3099}", [149, 149, 149]),
        ("\u{D55C}\u{AD6D} \u{AC01}", [1, 1]),
        ("\u{939}\u{93F}\u{928}\u{94D}\u{926}\u{940}", [1]),
        ("Stra\u{DF}e \u{1E9E}", [41, 44, 40, 6, 112, 14, 111]),
        ("\u{3A3}\u{38A}\u{3A3} \u{3A3}\u{3C2}", [1, 135, 138]),
        ("\u{130}i ISI", [21, 22, 21, 186, 22]),
        (
            "don\u{2019}t \u{201C}stop\u{201D}\u{2014}now\u{2026}",
            [11, 34, 178, 165, 43, 163, 41, 44, 34, 36, 164, 166, 31, 34, 50, 162]
        ),
        ("\u{20AC}5.99 @x #y", [167, 68, 90, 75, 76, 98, 51, 79, 53]),
        ("\u{1F600} hello\u{1F600}world \u{2764}\u{FE0F}", [168, 1, 169]),
        (String(repeating: "a", count: 100), [5] + Array(repeating: 6, count: 99)),
        (String(repeating: "a", count: 101), [1]),
        ("hello " + String(repeating: "z", count: 150) + " cat", [170, 1, 184]),
        ("[CLS] hello[SEP]world [MASK]", [2, 170, 3, 171, 4]),
        ("[cls] [SEP", [99, 9, 28, 186, 101, 99, 41, 14, 36]),
        ("a_b^c`d~e", [5, 103, 7, 102, 9, 104, 11, 108, 13]),
        ("\u{FFFD}hello\u{E000}\u{E001}", [170]),
        ("x\u{B}y\u{C}z\u{85}w", [51, 54, 56, 50]),
        ("ab12cd34", [5, 8, 60, 62, 10, 12, 64, 66]),
        ("\u{378}\u{E01}", [1]),
        ("\u{2E43}\u{166D}\u{111C9}", [1, 1, 1]),
        ("##ing ## #", [79, 79, 21, 178, 18, 79, 79, 79]),
        ("[unused1]", [99, 173, 46, 186, 14, 12, 60, 101]),
        ("\u{301}\u{323}", []),
        ("e" + String(repeating: "\u{301}\u{323}", count: 60), [13]),
    ]

    @Test func tokensAreThoseOfTheReference() throws {
        let tokenizer = try tokenizer()
        #expect(tokenizer.vocabulary == 188)
        for (text, tokens) in Self.golden {
            #expect(tokenizer.tokens(of: text) == tokens, "\(text.debugDescription)")
            #expect(tokenizer.encode(text) == [2] + tokens + [3])
        }
    }

    @Test func capitalsAndAccentsStayWhereTheModelHasThem() throws {
        let cased = try tokenizer(.init(lowercases: false))
        #expect(cased.tokens(of: "Hello hello Caf\u{E9} cafe") == [1, 170, 1, 180])
        #expect(cased.tokens(of: "\u{E4} \u{C4} \u{E9}") == [109, 1, 113])
        let accented = try tokenizer(.init(stripsAccents: false))
        #expect(accented.tokens(of: "Hello hello Caf\u{E9} cafe") == [170, 170, 9, 6, 16, 114, 180])
        #expect(accented.tokens(of: "\u{E4} \u{C4} \u{E9}") == [109, 109, 113])
        let together = try tokenizer(.init(separatesIdeographs: false))
        #expect(together.tokens(of: "\u{65E5}\u{672C}") == [143, 146])
        #expect(try tokenizer(.init(cleans: false)).tokens(of: "hello\u{200B}") == [1])
    }

    @Test func longTextsAreCutOff() throws {
        let full = try tokenizer()
        for limit in [2, 3, 5, 9] {
            let cut = try tokenizer(.init(maximumLength: limit))
            for text in Self.golden.map(\.text) + ["unaffable " + String(repeating: "\u{65E5}", count: 1000)]
            {
                let whole = full.tokens(of: text)
                #expect(cut.encode(text) == [2] + whole.prefix(limit - 2) + [3])
                #expect(cut.tokens(of: text) == whole)
            }
        }
        // A word longer than the limit is unknown as a whole, however it goes on.
        #expect(try tokenizer(.init(longestWord: 4)).tokens(of: "cat hello cats") == [184, 1, 184, 186])
    }

    /// Cutting a text where it has a space anyway changes nothing, wherever runs of accents are cut.
    @Test func partsOfATextHaveTheTokensOfTheWhole() throws {
        let tokenizer = try tokenizer()
        let parts =
            Self.golden.map(\.text) + [
                String(repeating: "e\u{323}\u{301}", count: 400), String(repeating: "\u{D55C}", count: 700),
                String(repeating: "\u{65E5}", count: 300) + String(repeating: "\u{301}\u{323}", count: 300),
            ]
        #expect(
            tokenizer.tokens(of: parts.joined(separator: " ")) == parts.flatMap { tokenizer.tokens(of: $0) })
        #expect(tokenizer.tokens(of: parts[parts.count - 2]) == [1])
        #expect(tokenizer.tokens(of: parts[parts.count - 1]) == Array(repeating: 143, count: 300))
    }

    @Test func entriesHaveNamesAndNumbers() throws {
        let tokenizer = try tokenizer()
        #expect(tokenizer.token(174) == "##aff" && tokenizer.number(of: "##aff") == 174)
        #expect(tokenizer.token(188) == nil && tokenizer.token(-1) == nil)
        #expect(tokenizer.number(of: "nothing") == nil && tokenizer.number(of: "") == nil)
        // Of two equal entries the last counts.
        #expect(tokenizer.number(of: "##n") == 178)
        #expect(tokenizer.start == 2 && tokenizer.end == 3 && tokenizer.unknown == 1)
    }

    @Test func vocabulariesThatDoNotDoSayWhy() {
        let plain = TinyEncoder.vocabulary
        let cases: [([String], WordPieceTokenizer.Options, String)] = [
            ([], .init(), "\"[CLS]\" is not among the 0"),
            (plain.filter { $0 != "[SEP]" }, .init(), "\"[SEP]\""),
            (plain.filter { $0 != "[UNK]" }, .init(), "\"[UNK]\""),
            (plain, .init(maximumLength: 1), "no room"), (plain, .init(longestWord: 0), "nothing to write"),
        ]
        for (vocabulary, options, says) in cases {
            let message = fault { _ = try WordPieceTokenizer(vocabulary: vocabulary, options: options) }
            #expect(message.contains(says), "\(message)")
        }
    }

    @Test func foldersSayHowTextIsTaken() throws {
        func read(_ files: [String: Any]) throws -> WordPieceTokenizer {
            let folder = try ScratchFolder()
            for (name, content) in files {
                folder.write((content as? String).map { Array($0.utf8) } ?? TinyEncoder.json(content), name)
            }
            return try WordPieceTokenizer(contentsOf: folder.url)
        }
        let lines = TinyEncoder.vocabulary.joined(separator: "\n")
        #expect(try read(["vocab.txt": lines]).options == .init(maximumLength: nil))
        #expect(
            try read(["vocab.txt": lines.replacing("\n", with: "\r\n") + "\r\n"]).tokens(of: "cat") == [184])
        let settings: [String: Any] = [
            "do_lower_case": false, "tokenize_chinese_chars": false, "strip_accents": true,
            "model_max_length": 1e30, "cls_token": ["content": "[CLS]"], "sep_token": "[SEP]",
        ]
        var options = try read(["vocab.txt": lines, "tokenizer_config.json": settings]).options
        #expect(
            options
                == .init(
                    lowercases: false, stripsAccents: true, separatesIdeographs: false, maximumLength: nil))
        options = try read([
            "vocab.txt": lines, "tokenizer_config.json": ["model_max_length": 64, "do_lower_case": false],
            "sentence_bert_config.json": ["max_seq_length": 32, "do_lower_case": true],
        ]).options
        #expect(options == .init(stripsAccents: false, maximumLength: 32))

        // Entries that look alike but differ in their bytes stay apart.
        let alike = TinyEncoder.vocabulary + ["\u{E9}t\u{E9}", "e\u{301}t\u{E9}"]
        let entries = alike.enumerated().filter { entry in
            !alike[(entry.offset + 1)...].contains { $0.utf8.elementsEqual(entry.element.utf8) }
        }
        .map { "\(String(decoding: TinyEncoder.json($1), as: UTF8.self)):\($0)" }.joined(separator: ",")
        func saved(_ change: (String, String) = ("", "")) -> String {
            let text = """
                {"added_tokens":[{"id":3,"content":"[SEP]","normalized":false}],
                "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,
                "strip_accents":false,"lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"},
                "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
                "max_input_chars_per_word":50,"vocab":{\(entries)}}}
                """
            return change.0.isEmpty ? text : text.replacing(change.0, with: change.1)
        }
        let tokenizer = try read(["tokenizer.json": saved()])
        #expect(tokenizer.vocabulary == 190)
        #expect(tokenizer.tokens(of: "\u{E9}t\u{E9} e\u{301}t\u{E9} [SEP]") == [188, 189, 3])
        #expect(tokenizer.tokens(of: "[CLS]").count > 1)
        #expect(tokenizer.options == .init(stripsAccents: false, longestWord: 50, maximumLength: nil))

        options = try read([
            "tokenizer.json": saved(),
            "tokenizer_config.json": ["do_lower_case": false, "strip_accents": true],
        ]).options
        #expect(
            options
                == .init(lowercases: false, stripsAccents: true, longestWord: 50, maximumLength: nil))

        let faults: [([String: Any], String)] = [
            ([:], "no WordPiece vocabulary"), (["vocab.txt": ""], "not among the 0 entries"),
            (["vocab.txt": lines, "tokenizer_config.json": "{"], "tokenizer_config.json"),
            (["vocab.txt": lines, "tokenizer_config.json": ["do_lower_case": "maybe"]], "do_lower_case"),
            (["vocab.txt": lines, "sentence_bert_config.json": ["max_seq_length": 1]], "no room"),
            (["tokenizer.json": saved(("WordPiece", "BPE"))], "\"BPE\"; only \"WordPiece\""),
            (["tokenizer.json": saved(("BertNormalizer", "NFC"))], "the normalizer is \"NFC\""),
            (["tokenizer.json": saved(("BertPreTokenizer", "Metaspace"))], "\"Metaspace\""),
            (["tokenizer.json": saved(("\"##\"", "\"@@\""))], "\"@@\""),
            (["tokenizer.json": saved(("\"normalized\":false", "\"normalized\":true"))], "only plain added"),
            (["tokenizer.json": saved((":189", ":9223372036854775807"))], "go up to 9223372036854775807"),
            (["tokenizer.json": saved((":189", ":99999999999"))], "go up to 99999999999"),
            (["tokenizer.json": saved((":189", ":-1"))], "whole number"),
            (["tokenizer.json": "[]"], "tokenizer.json"),
        ]
        for (files, says) in faults {
            let message = fault { _ = try read(files) }
            #expect(message.contains(says), "\(message)")
        }
        let folder = try ScratchFolder()
        folder.write(Array(lines.utf8) + [0x0A, 0xFF], "vocab.txt")
        #expect(
            fault { _ = try WordPieceTokenizer(contentsOf: folder.url) }.contains("line 189 is not UTF-8"))
    }
}
