/// Reads a table with a header line: cells between commas, semicolons or tabs, in quotation marks where they hold one of these or a
/// line end.
struct TableText {
    /// The file, for messages.
    let path: String
    /// The most bytes of one row.
    let longest: Int

    private func failed(_ line: Int, _ problem: String, _ advice: String, field: String? = nil)
        -> PairFileError
    {
        PairFileError(path: path, line: line, field: field, problem: problem, advice: advice)
    }

    /// The rows as records of texts.
    func records(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) throws -> [FileRecord] {
        var (place, line) = (start, 1)
        let separator = Self.separator(bytes, start)
        var names: [String] = []
        var records: [FileRecord] = []
        while place < bytes.count {
            let begin = line
            let cells = try row(bytes, &place, &line, separator)
            if cells.count == 1, cells[0].isEmpty { continue }
            if names.isEmpty {
                // What Excel writes to say how cells are told apart.
                if cells.count <= 2, begin == 1, cells[0].hasPrefix("sep=") { continue }
                names = cells.map { Self.trimmed($0) }
                guard names.contains(where: { !$0.isEmpty }) else {
                    throw failed(begin, "no column has a name", "name the columns in the first line")
                }
                for (column, name) in names.enumerated() where !name.isEmpty {
                    if names[..<column].contains(name) {
                        throw failed(
                            begin, "two columns have the name \(name.debugDescription)",
                            "give each its own name",
                            field: name)
                    }
                }
                continue
            }
            guard cells.count == names.count else {
                throw failed(
                    begin, "the row has \(cells.count) cells, the first line names \(names.count) columns",
                    "put cells that hold a \(Self.name(separator)), a quotation mark or a line end in quotation marks"
                )
            }
            // Columns without a name (row numbers, ends of lines) and rows of empty cells say nothing.
            guard cells.contains(where: { !$0.isEmpty }) else { continue }
            records.append(
                FileRecord(
                    line: begin,
                    fields: zip(names, cells).compactMap { name, cell in
                        name.isEmpty ? nil : JSONField(name: name, value: .text(cell))
                    }))
        }
        return records
    }

    private static func name(_ separator: UInt8) -> String {
        separator == 0x2C ? "comma" : separator == 0x09 ? "tab" : "semicolon"
    }

    /// The character that stands most often in the first line.
    private static func separator(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> UInt8 {
        let line = bytes[start...].prefix { $0 != 0x0A }
        if line.starts(with: "sep=".utf8), line.count > 4,
            [0x2C, 0x09, 0x3B].contains(line[line.startIndex + 4])
        {
            return line[line.startIndex + 4]
        }
        var best: (count: Int, byte: UInt8) = (0, 0x2C)
        for byte in [UInt8(0x2C), 0x09, 0x3B] {
            let count = line.count { $0 == byte }
            if count > best.count { best = (count, byte) }
        }
        return best.byte
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    /// Reads one row and the line end behind it.
    private func row(
        _ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int, _ line: inout Int, _ separator: UInt8
    ) throws -> [String] {
        let (start, begin) = (place, line)
        var cells: [String] = []
        while true {
            if place < bytes.count, bytes[place] == 0x22 {
                cells.append(try quoted(bytes, &place, &line, begin, start))
                guard place >= bytes.count || [separator, 0x0A, 0x0D].contains(bytes[place]) else {
                    throw failed(
                        line, "something follows the quotation mark that ends a cell",
                        "write quotation marks within a cell twice")
                }
            } else {
                let from = place
                while place < bytes.count, bytes[place] != separator, bytes[place] != 0x0A { place += 1 }
                var end = place
                if end > from, place == bytes.count || bytes[place] == 0x0A, bytes[end - 1] == 0x0D {
                    end -= 1
                }
                cells.append(
                    String(decoding: UnsafeBufferPointer(rebasing: bytes[from..<end]), as: UTF8.self))
            }
            guard place - start <= longest, cells.count <= 100_000 else {
                throw failed(
                    begin, "the row has more than \(longest) bytes or 100000 cells",
                    "shorten it, or raise the limit")
            }
            if place < bytes.count, bytes[place] == separator {
                place += 1
                continue
            }
            if place < bytes.count, bytes[place] == 0x0D { place += 1 }
            if place < bytes.count, bytes[place] == 0x0A {
                place += 1
                line += 1
            }
            return cells
        }
    }

    private func quoted(
        _ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int, _ line: inout Int, _ begin: Int, _ start: Int
    ) throws -> String {
        place += 1
        var text: [UInt8] = []
        while place < bytes.count {
            let byte = bytes[place]
            if byte == 0x22 {
                guard place + 1 < bytes.count, bytes[place + 1] == 0x22 else {
                    place += 1
                    return String(decoding: text, as: UTF8.self)
                }
                place += 1
            }
            if byte == 0x0A { line += 1 }
            text.append(byte)
            place += 1
            guard place - start <= longest else {
                throw failed(
                    begin, "the row has more than \(longest) bytes", "shorten it, or raise the limit")
            }
        }
        throw failed(
            begin, "a quotation mark is not closed", "close it, or write quotation marks within a cell twice")
    }
}
