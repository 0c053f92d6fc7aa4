/// What a file is that holds no feedback: said from its first bytes.
enum FileKind {
    /// What the file looks like and what to do about it, or `nil` for text that may be read.
    static func refusal(_ bytes: UnsafeBufferPointer<UInt8>) -> (looksLike: String, advice: String)? {
        let known: [(magic: [UInt8], name: String, advice: String)] = [
            ([0x89, 0x50, 0x4E, 0x47], "a PNG image", plain),
            ([0xFF, 0xD8, 0xFF], "a JPEG image", plain),
            (Array("GIF8".utf8), "a GIF image", plain),
            (Array("%PDF".utf8), "a PDF document", plain),
            (
                Array("PK\u{3}\u{4}".utf8), "a ZIP archive or a spreadsheet such as .xlsx",
                "Unpack it, or save the sheet as CSV."
            ),
            (
                Array("SQLite format 3\0".utf8), "an SQLite database",
                "If it is Heed's store, name it as one; otherwise export the table as CSV."
            ),
            (Array("PAR1".utf8), "a Parquet file", "Export it as CSV or JSON lines."),
            (Array("ARROW1".utf8), "an Arrow file", "Export it as CSV or JSON lines."),
            (Array("\u{89}HDF".utf8), "an HDF5 file", "Export it as CSV or JSON lines."),
            ([0x89, 0x48, 0x44, 0x46], "an HDF5 file", "Export it as CSV or JSON lines."),
            ([0x28, 0xB5, 0x2F, 0xFD], "data packed with zstd", "Unpack it, or pack it with gzip."),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "data packed with xz", "Unpack it, or pack it with gzip."),
            (Array("BZh".utf8), "data packed with bzip2", "Unpack it, or pack it with gzip."),
            ([0x1F, 0x8B], "gzip inside gzip", "Unpack it once."),
            ([0x7F, 0x45, 0x4C, 0x46], "a program", plain),
            ([0xFF, 0xFE], "text in UTF-16", utf8), ([0xFE, 0xFF], "text in UTF-16", utf8),
            ([0x00, 0x00, 0xFE, 0xFF], "text in UTF-32", utf8),
        ]
        for (magic, name, advice) in known
        where bytes.count >= magic.count && bytes.prefix(magic.count).elementsEqual(magic) {
            return (name, advice)
        }
        let head = bytes.prefix(4096)
        if head.contains(0) {
            let odd = head.enumerated().count { $0.offset % 2 == 1 && $0.element == 0 }
            let even = head.enumerated().count { $0.offset % 2 == 0 && $0.element == 0 }
            if max(odd, even) * 5 > head.count * 2, min(odd, even) * 20 < head.count {
                return ("text in UTF-16", utf8)
            }
            return ("binary data", plain)
        }
        guard let first = head.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) else {
            return (
                bytes.isEmpty ? "an empty file" : "a file of blank lines only", "There is nothing to read."
            )
        }
        if first == UInt8(ascii: "<") {
            let text = String(decoding: head.prefix(512), as: UTF8.self).lowercased()
            let isHTML = text.contains("<html") || text.contains("<!doctype html")
            return (
                isHTML ? "an HTML page" : "an XML document",
                "Was a web page saved instead of the data? Export the data as CSV or JSON lines."
            )
        }
        if isLibSVM(head) {
            return (
                "learning-to-rank data in the LIBSVM form",
                "It holds graded documents, which Heed does not read as feedback."
            )
        }
        return nil
    }

    /// `2 qid:10 1:0.5 3:0.25`: a grade, then numbered features.
    private static func isLibSVM(_ head: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let words = head.prefix { $0 != 0x0A && $0 != 0x0D }.split(separator: 0x20)
        guard words.count > 2, DecimalNumber.value(UnsafeBufferPointer(rebasing: words[0])) != nil else {
            return false
        }
        return words[1...].prefix(8).allSatisfy { word in
            let parts = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            return parts.count == 2
                && (parts[0].elementsEqual("qid".utf8)
                    || DecimalNumber.integer(UnsafeBufferPointer(rebasing: parts[0])) != nil)
                && DecimalNumber.value(UnsafeBufferPointer(rebasing: parts[1])) != nil
        }
    }

    private static let plain =
        "Heed reads comma- or tab-separated tables, JSON lines, JSON arrays and PrefLib files, plain or packed with gzip."
    private static let utf8 = "Convert it to UTF-8 first, for example with iconv -f UTF-16 -t UTF-8."
}
