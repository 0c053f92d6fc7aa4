extension VowpalWabbitPart {
    /// The decision that a row is and, where something came back, its reward.
    func events(_ row: Int, id: String, names: [String]) -> [FeedbackEvent] {
        var among: [String] = []
        var probabilities: [Double] = []
        var decision = FeedbackEvent(.decision(Decision(id: id, action: actions[action[row]])))
        for index in range(features, row) {
            decision.features[names[Int(features.columns[index])], default: 0] += features.values[index]
        }
        if row < possible.ends.count {
            let entries = range(possible, row)
            for (place, entry) in entries.enumerated() {
                among.append(actions[UInt32(bitPattern: possible.columns[entry])])
                probabilities.append(possible.values[entry])
                guard entry < actionFeatures.ends.count else { continue }
                for index in range(actionFeatures, entry) {
                    let name = names[Int(actionFeatures.columns[index])]
                    var values = decision.itemFeatures[name] ?? [Double](repeating: 0, count: entries.count)
                    values[place] += actionFeatures.values[index]
                    decision.itemFeatures[name] = values
                }
            }
        }
        // An action that is listed twice, or probabilities that do not add up, cannot be part of an event.
        if Set(among.map { Array($0.utf8) }).count == among.count {
            let isWhole = !among.isEmpty && abs(probabilities.reduce(0, +) - 1) < 1e-6
            decision.feedback = .decision(
                Decision(
                    id: id, action: actions[action[row]], among: among, propensities: isWhole ? probabilities : []))
        } else {
            decision.itemFeatures = [:]
        }
        guard !reward[row].isNaN else { return [decision] }
        let probability = propensity[row]
        let reward = Reward(value: reward[row], propensity: probability.isNaN ? nil : probability)
        return [decision, FeedbackEvent(.reward(reward), decision: id)]
    }

    private func range(_ rows: SparseBuffer, _ row: Int) -> Range<Int> {
        (row == 0 ? 0 : rows.ends[row - 1])..<rows.ends[row]
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
