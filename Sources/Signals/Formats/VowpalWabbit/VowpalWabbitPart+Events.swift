extension VowpalWabbitPart {
    /// The decision that a row is and, where something came back, its reward.
    func events(_ row: Int, id: String, names: [String]) -> [FeedbackEvent] {
        var among: [String] = []
        var probabilities: [Double] = []
        var decision = FeedbackEvent(.decision(Decision(id: id, action: actions[action[row]])))
        for index in features.range(row) {
            decision.features[names[Int(features.columns[index])], default: 0] += features.values[index]
        }
        let entries = possible.range(row)
        for entry in entries {
            among.append(actions[UInt32(bitPattern: possible.columns[entry])])
            probabilities.append(possible.values[entry])
        }
        decision.itemFeatures = itemFeatures(entries, names)
        // An action that is listed twice, or probabilities that do not add up, cannot be part of an event.
        if Set(among.map { Array($0.utf8) }).count == among.count {
            let isWhole = !among.isEmpty && abs(probabilities.reduce(0, +) - 1) < 1e-6
            decision.feedback = .decision(
                Decision(
                    id: id, action: actions[action[row]], among: among,
                    propensities: isWhole ? probabilities : []))
        } else {
            decision.itemFeatures = [:]
        }
        guard !reward[row].isNaN else { return [decision] }
        let probability = propensity[row]
        let reward = Reward(value: reward[row], propensity: probability.isNaN ? nil : probability)
        return [decision, FeedbackEvent(.reward(reward), decision: id)]
    }

    /// The numbers of an example's actions, one of each name for each action.
    private func itemFeatures(_ entries: Range<Int>, _ names: [String]) -> [String: [Double]] {
        var numbers: [Int32: [(place: Int, value: Double)]] = [:]
        for (place, entry) in entries.enumerated() {
            for index in actionFeatures.range(entry) {
                numbers[actionFeatures.columns[index], default: []].append(
                    (place, actionFeatures.values[index]))
            }
        }
        guard numbers.count * entries.count <= 1 << 20 else {
            withoutActionFeatures += 1
            return [:]
        }
        return numbers.reduce(into: [:]) { all, column in
            var values = [Double](repeating: 0, count: entries.count)
            for (place, value) in column.value { values[place] += value }
            // Two names may look alike once they are written out.
            let name = names[Int(column.key)]
            all[name] = all[name].map { zip($0, values).map(+) } ?? values
        }
    }
}

/// Makes ids for decisions that have none: each from all records up to its own, so that the same text gives the same
/// ids whatever its name, and different texts give different ones.
struct DecisionIDs {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The id of the decision that the next record is.
    mutating func next(_ record: UnsafeBufferPointer<UInt8>) -> String {
        for byte in record where byte != 0x0A && byte != 0x0D {
            state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        state = (state ^ 0x0A) &* 0x0000_0100_0000_01B3
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
