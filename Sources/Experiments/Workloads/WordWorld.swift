import Bandits
import Foundation
import Kernels

/// Occasions described by a few words out of many, and actions that each like some words: what text and tags look like to a policy.
struct WordWorld: Sendable {
    let words: Int
    let actions: Int
    /// How much an action likes a word, action by action.
    private let taste: [Double]

    init(words: Int, actions: Int, random: inout CounterRandom) {
        self.words = words
        self.actions = actions
        taste = (0..<words * actions).map { _ in random.normal() }
    }

    /// The words of an occasion: frequent ones come often, as in text.
    func occasion(_ random: inout CounterRandom, length: Int = 8) -> BanditContext {
        var places: [Int32] = []
        while places.count < length {
            let place = Int32(Double(words) * pow(random.uniform(), 3))
            if !places.contains(place) { places.append(place) }
        }
        return BanditContext(
            features: FeatureVector(indices: places, values: [Double](repeating: 1, count: length)))
    }

    /// The probability that an action pays off.
    func chance(_ context: BanditContext, _ action: Int) -> Double {
        var sum = -1.0
        context.features.forEach { word, value in sum += 0.7 * value * taste[action * words + word] }
        return Special.logistic(sum)
    }
}
