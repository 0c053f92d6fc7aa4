extension LoggedDecisions {
    /// Marks by which runs of decisions are known again in another log: at most 1024.
    ///
    /// The log is cut into runs of at least 32 decisions, and where one ends depends on its last decision alone; a mark is a hash of all that is
    /// known of a run's decisions. Logs that share decisions in their order share marks wherever these stand; others do not.
    public var marks: [UInt64] { Array(allMarks.sorted().prefix(1024)) }

    /// The share of marks that are in this log: about the share of what was learnt that this log holds.
    public func share(of marks: [UInt64]) -> Double {
        guard !marks.isEmpty else { return 0 }
        let own = allMarks
        return Double(marks.count { own.contains($0) }) / Double(marks.count)
    }

    private var allMarks: Set<UInt64> {
        let names = log.actions.all.map { Self.hash($0.utf8) }
        let features = log.featureNames.all.map { Self.hash($0.utf8) }
        var marks: Set<UInt64> = []
        var run: UInt64 = 0, length = 0
        for row in 0..<count {
            // Whether a reward that never came was counted as 0 must not matter.
            var own = Self.mixed(
                names[Int(log.action[row])], log.reward[row].isNaN ? 0 : log.reward[row].bitPattern)
            if row < log.features.count {
                for at in log.features.range(row) {
                    // The order of features does not matter.
                    own &+= Self.mixed(
                        features[Int(log.features.columns[at])], log.features.values[at].bitPattern)
                }
            }
            run = Self.mixed(run, own)
            length += 1
            if length >= 32, own & 15 == 0 || length == 256 {
                marks.insert(run)
                run = 0
                length = 0
            }
        }
        if length > 0 { marks.insert(run) }
        return marks
    }

    private static func hash(_ text: some Sequence<UInt8>) -> UInt64 {
        text.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    private static func mixed(_ a: UInt64, _ b: UInt64) -> UInt64 {
        var z = (a &* 0x9E37_79B9_7F4A_7C15) ^ b
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
