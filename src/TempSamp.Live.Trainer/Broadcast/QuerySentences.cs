namespace TempSamp.Live.Trainer;

/// <summary>The sentences of <see cref="QueryBook"/>. In each list the last one is held out.</summary>
internal static class QuerySentences
{
    public static readonly (EventKind Kind, string Language, string[] Sentences)[] All =
    [
        (EventKind.Goal, "en",
        [
            "a goal is scored", "the ball ends up in the net", "a player shoots the ball into the goal", "the shot goes in",
            "the team scores with a shot", "the moment when the ball hits the net", "a live goal, not a replay",
            "a player shoots and the ball goes into the net",
        ]),
        (EventKind.Goal, "zh", ["进球了", "球员射门得分", "球打进了球门", "射门后球落入网中", "球队打进一球"]),
        (EventKind.NearMiss, "en",
        [
            "a shot misses the goal", "the ball goes past the goal", "a player shoots but does not score", "a near miss",
            "the shot goes wide or over the bar", "a missed chance in front of the goal", "the ball just misses the net",
            "a player shoots and the ball misses the goal",
        ]),
        (EventKind.NearMiss, "zh", ["射门偏出", "球员射门没有进", "球擦着球门飞出", "差一点进球", "射门打偏了没有得分"]),
        (EventKind.YellowCard, "en",
        [
            "a yellow card is shown", "the referee shows a yellow card", "a player is booked with a yellow card", "the referee raises a yellow card",
            "a player gets a yellow card and protests", "a booking: the card is yellow", "a yellow card for the player",
        ]),
        (EventKind.YellowCard, "zh", ["裁判出示黄牌", "球员吃到黄牌", "裁判举起一张黄牌", "黄牌警告", "球员被裁判出示黄牌"]),
        (EventKind.RedCard, "en",
        [
            "a red card is shown", "the referee shows a red card", "a player is sent off with a red card", "the referee raises a red card",
            "a player gets a red card and walks off", "a sending-off: the card is red", "a red card for the player",
        ]),
        (EventKind.RedCard, "zh", ["裁判出示红牌", "球员吃到红牌", "裁判举起一张红牌", "红牌罚下", "球员被裁判出示红牌"]),
        (EventKind.CornerKick, "en",
        [
            "a corner kick is taken", "a player kicks the ball in from the corner", "a corner", "the ball is kicked from the corner flag",
            "a player runs up and takes the corner", "the corner kick flies in front of the goal", "a player takes a corner kick",
        ]),
        (EventKind.CornerKick, "zh", ["开出角球", "球员主罚角球", "球从角旗处踢出", "角球传到门前", "球员开角球"]),
        (EventKind.Substitution, "en",
        [
            "a substitution is made", "the board shows the numbers of two players", "a player is replaced by another", "a player comes off and another comes on",
            "the team makes a change of players", "the fourth official raises the board", "a player comes on: a substitution",
        ]),
        (EventKind.Substitution, "zh", ["球队换人", "第四官员举起换人牌", "一名球员换下另一名球员", "球员被换下场", "场上换人"]),
        (EventKind.Celebration, "en",
        [
            "the players celebrate", "the team celebrates together", "players gather and jump for joy", "players jump with their arms up",
            "a celebration of the team", "the players celebrate under confetti", "the players jump and celebrate together",
        ]),
        (EventKind.Celebration, "zh", ["球员们庆祝", "球队一起庆祝", "球员围在一起跳跃", "球员举起双手欢呼庆祝", "球员们一起跳起来庆祝"]),
        (EventKind.GoalReplay, "en",
        [
            "a replay of a goal", "the goal is shown again in slow motion", "a slow motion replay of the shot", "the replay of the goal is shown",
            "a goal is shown again, not live", "the shot is replayed between two wipes", "the goal in a slow motion replay",
        ]),
        (EventKind.GoalReplay, "zh", ["进球回放", "慢动作重放进球", "再次播放射门进球的画面", "慢镜头回放", "进球的慢动作回放"]),
        (EventKind.ProductReveal, "en",
        [
            "the product is taken out of the box", "the host opens the box and takes out the product", "a product is revealed", "the product comes out of the box",
            "the box is opened and the product is shown", "unboxing of the product", "the host takes the product out of a box",
        ]),
        (EventKind.ProductReveal, "zh", ["主播从盒子里拿出商品", "主播打开盒子展示商品", "商品开箱", "商品从盒子里出来", "主播把商品拿出盒子"]),
        (EventKind.ProductPutAway, "en",
        [
            "the product is put into the box", "the host puts the product back and closes the box", "a product is put away", "the product goes into the box",
            "the box is closed over the product", "the host packs the product", "the host puts the product into a box",
        ]),
        (EventKind.ProductPutAway, "zh", ["主播把商品放进盒子", "主播放回商品并合上盒子", "商品装箱", "商品被收进盒子里", "主播把商品收起来放进盒子"]),
        (EventKind.ProductCloseUp, "en",
        [
            "a close-up of the product", "the camera zooms in on the product", "the product is shown up close", "the product fills the picture and turns",
            "the camera shows the product in detail", "the product turns in a close view", "the product is shown in a close-up",
        ]),
        (EventKind.ProductCloseUp, "zh", ["商品特写", "镜头拉近商品", "近距离展示商品", "镜头展示商品细节", "商品的特写镜头"]),
        (EventKind.PriceDrop, "en",
        [
            "the price drops", "the price on the banner falls", "the price goes down", "the price banner shows a lower price",
            "the product becomes cheaper", "a price cut is shown", "the number on the price banner goes down",
        ]),
        (EventKind.PriceDrop, "zh", ["价格下降", "商品降价", "横幅上的价格变低", "价格往下掉", "横幅上的价格下降"]),
        (EventKind.PriceRise, "en",
        [
            "the price rises", "the price on the banner climbs", "the price goes up", "the price banner shows a higher price",
            "the product becomes more expensive", "a price increase is shown", "the number on the price banner goes up",
        ]),
        (EventKind.PriceRise, "zh", ["价格上涨", "商品涨价", "横幅上的价格变高", "价格往上升", "横幅上的价格上涨"]),
        (EventKind.Countdown, "en",
        [
            "a countdown runs", "the countdown ring runs out", "the countdown is on the picture", "a timer counts down",
            "the ring with the number counts down", "the seconds of the offer run out", "a countdown timer runs out",
        ]),
        (EventKind.Countdown, "zh", ["倒计时开始", "倒计时圆环走完", "画面上出现倒计时", "数字倒数", "圆环倒计时"]),
        (EventKind.ChatFlood, "en",
        [
            "messages flood the chat", "the chat goes wild", "many chat messages come in at once", "the chat is full of messages",
            "viewers flood the picture with messages", "a sudden flood of chat messages", "a flood of messages in the chat",
        ]),
        (EventKind.ChatFlood, "zh", ["弹幕刷屏", "聊天消息刷屏", "大量弹幕涌入", "观众疯狂发消息", "聊天弹幕大量刷屏"]),
        (EventKind.TryOn, "en",
        [
            "the host tries on the product", "the host puts on the hat", "the host wears the product and turns", "a hat is tried on",
            "the host puts the product on", "the host shows the hat on the head", "the host tries on the hat",
        ]),
        (EventKind.TryOn, "zh", ["主播试戴帽子", "主播试穿商品", "主播戴上帽子", "主播戴着商品转身展示", "主播试戴商品"]),
    ];
}
