/// Words and hashed pieces of text, as the methods that judge texts use them.
enum TextTokens {
    /// The words in lower case: runs of letters, digits and apostrophes within.
    static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = String.UnicodeScalarView()
        func end() {
            while word.last == "'" { word.removeLast() }
            if !word.isEmpty { words.append(String(word)) }
            word = String.UnicodeScalarView()
        }
        for scalar in text.lowercased().unicodeScalars {
            if scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
                word.append(scalar)
            } else if scalar == "'" || scalar == "\u{2019}" {
                if !word.isEmpty { word.append("'") }
            } else {
                end()
            }
        }
        end()
        return words
    }

    /// A number that depends on nothing but the bytes and the salt (FNV-1a, mixed).
    static func hash(_ bytes: some Sequence<UInt8>, salt: UInt64 = 0) -> UInt64 {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325 ^ (salt &* 0x9E37_79B9_7F4A_7C15)
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        state = (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        return state ^ (state >> 33)
    }

    /// The bucket of a piece of text.
    static func bucket(_ text: String, of buckets: Int, salt: UInt64 = 0) -> Int {
        Int(hash(text.utf8, salt: salt) % UInt64(buckets))
    }

    /// How often each bucket is hit by the words, scaled to length 1 (or all 0).
    static func bag(_ words: [String], buckets: Int) -> [Double] {
        var bag = [Double](repeating: 0, count: buckets)
        for word in words { bag[bucket(word, of: buckets)] += 1 }
        let length = bag.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? bag.map { $0 / length } : bag
    }

    /// Adds 1 to the bucket of each run of `lengths` bytes of the text.
    static func addPieces(
        of text: String, lengths: ClosedRange<Int>, to buckets: inout [Double], salt: UInt64
    ) {
        let bytes = Array(text.lowercased().utf8)
        for length in lengths where bytes.count >= length {
            for start in 0...(bytes.count - length) {
                let place = hash(bytes[start..<start + length], salt: salt &+ UInt64(length) &* 1031)
                buckets[Int(place % UInt64(buckets.count))] += 1
            }
        }
    }
}
